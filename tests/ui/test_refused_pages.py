"""A refusal that no view catches: a page or JSON with its own sentence, for everybody, and never a 500."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.translation import gettext_lazy as _

from config.urls import handler403, handler500
from config.urls import urlpatterns as real_urlpatterns
from kernel.errors import Conflict, DomainError, NotAllowed, Problem, ServerAway
from tenants.roles import Role

_raise: list[Exception] = []


def refusing(_request: HttpRequest) -> HttpResponse:
    raise _raise[0]


urlpatterns = [path("probe/", refusing), *real_urlpatterns]
__all__ = ["handler403", "handler500"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probe_address")]
REFUSED = DomainError(
    "not_valid",
    _("This membership has ended already."),
    problems=[Problem("one", "Pierwsze <b>zdanie</b>.", "name", "Ala"), Problem("two", "Drugie zdanie.")],
)


@pytest.fixture
def probe_address(settings: Any) -> None:
    """Addresses with one more, which refuses."""
    settings.ROOT_URLCONF = "tests.ui.test_refused_pages"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (REFUSED, 422),
        (Conflict("late", "Za późno o chwilę."), 409),
        (NotAllowed("no", "Tego nie wolno."), 403),
    ],
    ids=["refused", "conflict", "not allowed"],
)
def test_a_page_says_why(client: Client, error: DomainError, status: int, method: str) -> None:
    _raise[:] = [error]
    answer = getattr(client, method)("/probe/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert 'id="main"' in page
    assert "Siedem</title>" in page
    for problem in error.problems:
        assert str(problem.message).replace("<", "&lt;").replace(">", "&gt;") in page


def test_the_sentence_is_in_the_language_of_the_reader(client: Client) -> None:
    _raise[:] = [REFUSED]
    assert "Ta osoba nie ma już tej roli." in client.get("/probe/").content.decode()
    client.cookies["django_language"] = "en"
    assert "This membership has ended already." in client.get("/probe/").content.decode()


def test_programs_read_the_problems_with_their_fields(client: Client) -> None:
    _raise[:] = [REFUSED]
    asked = client.get("/probe/", headers={"Accept": "application/json"})
    sent = client.post("/probe/", "{}", content_type="application/json")
    for answer in (asked, sent):
        assert answer.status_code == 422
        assert answer.json() == {
            "errors": [
                {"code": "one", "field": "name", "value": "Ala", "message": "Pierwsze <b>zdanie</b>."},
                {"code": "two", "field": None, "value": None, "message": "Drugie zdanie."},
            ]
        }
    _raise[:] = [Conflict("late", "Za późno.", current={"stamp": "abc"})]
    answer = client.get("/probe/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["current"]) == (409, {"stamp": "abc"})


def test_a_part_of_a_page_is_not_filled_with_a_whole_one(client: Client) -> None:
    _raise[:] = [REFUSED]
    answer = client.post("/probe/", headers={"HX-Request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#main", "#main")


def test_a_server_that_is_away_stays_a_503_and_a_defect_a_500() -> None:
    client = Client(raise_request_exception=False)
    _raise[:] = [ServerAway("store_away", "Magazyn plików nie odpowiada.")]
    assert client.get("/probe/").status_code == 503
    _raise[:] = [ZeroDivisionError()]
    assert client.get("/probe/").status_code == 500


def test_who_lacks_a_role_reads_whom_to_ask(sign_in: Any, alfa: Any) -> None:
    """Each is sent to the person who can give the role; who gives roles themselves is sent to nobody."""
    from tests.factories.people import partner

    organisation = partner(alfa)
    asked = {
        Role.ACCOUNTANT: "poproś dyrektora jednostki",
        Role.WORKER: "poproś kierownika swojej organizacji",
        Role.NGO_MANAGER: "Kto ma jaką rolę, zobaczysz w miejscu „Ludzie”",
    }
    for role, sentence in asked.items():
        client = sign_in(role, alfa, organisation if role in {Role.WORKER, Role.NGO_MANAGER} else None)
        answer = client.get("/alfa/audit/")
        assert answer.status_code == 403
        assert sentence in answer.content.decode()
        others = set(asked.values()) - {sentence}
        assert not any(other in answer.content.decode() for other in others)
    stale = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})
    assert "poproś" not in stale.content.decode().split("<main")[1]
