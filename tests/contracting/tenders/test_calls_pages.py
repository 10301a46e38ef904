"""Drafting a call through its pages: from nothing, from what is there, section by section, to the board."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.models import Call, Question
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import local_date
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import (
    DIRECTOR,
    have_recovery_key,
    in_days,
    published_call,
    ready_draft,
)
from tests.factories.care import ServiceFactory
from tests.factories.people import partner
from tests.factories.tenders import make_call, submit_offer

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def director(sign_in: SignIn, alfa: Tenant) -> Client:
    return sign_in("director", alfa)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_a_call_is_written_section_by_section_and_published(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        have_recovery_key()
        service = ServiceFactory()
    made = director.post(
        "/alfa/calls/new/",
        {"title": "Usługi 2027", "start": "scratch", "service": service.pk, "kind": "support"},
    )
    with tenant_scope(alfa):
        call = Call.objects.get()
    assert made.url == f"/alfa/calls/{call.pk}/"
    page = text_of(director.get(made.url))
    assert "Rodzaj zadania" in page
    day = in_days(30).date().isoformat()
    sections = {
        "basics": {"title": "Usługi 2027", "number": "1/2027", "kind": "support", "joint_offers": "on"},
        "texts": {
            "task_kind": "Usługi opiekuńcze",
            "grant_rules": "Koszty godzin",
            "conditions": "Codziennie 7–20",
            "selection": "Komisja, prezydent",
            "earlier_tasks": "Nie było",
        },
        "parameters": {
            "funds": "600 000,00 zł",
            "own_share_min": "5",
            "task_from": "2027-01-01",
            "task_to": "2027-12-31",
            "deadline_day": day,
            "deadline_time": "12:00",
            "decision_due_on": in_days(60).date().isoformat(),
        },
        "concept": {"concept_required": "on", "organisation": "Jak?"},
        "files": {"required_files": "Statut\nKRS\nStatut"},
    }
    for section, typed in sections.items():
        seen = director.get(f"/alfa/calls/{call.pk}/{section}/").context["form"]["seen"].value()
        answer = director.post(f"/alfa/calls/{call.pk}/{section}/", {**typed, "seen": seen})
        assert answer.status_code == 302, text_of(answer)
    rows = {
        "lots-TOTAL_FORMS": "1",
        "lots-INITIAL_FORMS": "0",
        "lots-0-title": "Całe miasto",
        "lots-0-funds": "600000",
        "lots-0-minutes": "12 000 h",
    }
    answer = director.post(f"/alfa/calls/{call.pk}/parts/", {**rows, "lots-0-funds": "0"})
    assert answer.status_code == 422 and 'id="id_lots-0-funds_error"' in text_of(answer), "the row is named"
    assert director.post(f"/alfa/calls/{call.pk}/parts/", rows).status_code == 302
    criteria = {
        "criteria-TOTAL_FORMS": "2",
        "criteria-INITIAL_FORMS": "0",
        **{
            f"criteria-0-{name}": value
            for name, value in {
                "name": "Cena",
                "kind": "price",
                "max_points": "10",
                "weight": "40",
                "excerpt": "budget",
            }.items()
        },
        **{
            f"criteria-1-{name}": value
            for name, value in {
                "name": "Koncepcja",
                "kind": "merit",
                "max_points": "20",
                "weight": "60",
                "excerpt": "concept",
            }.items()
        },
    }
    assert director.post(f"/alfa/calls/{call.pk}/criteria/", criteria).status_code == 302
    with tenant_scope(alfa):
        call.refresh_from_db()
        assert call.required_files == ["Statut", "KRS"]
        assert call.lots.get().minutes == 720_000
    assert director.get(f"/alfa/calls/{call.pk}/publish/").context["is_ready"]
    answer = director.post(f"/alfa/calls/{call.pk}/publish/")
    assert answer.status_code == 302, text_of(answer)
    with tenant_scope(alfa):
        call.refresh_from_db()
    assert call.state == Call.State.PUBLISHED
    assert "Usługi 2027" in text_of(Client().get("/alfa/board/"))


DRAFT_PAGES = (
    "",
    "basics/",
    "texts/",
    "parameters/",
    "parts/",
    "criteria/",
    "concept/",
    "files/",
    "template/",
    "discard/",
    "publish/",
    "publications/",
    "publications/record/",
)
CALL_PAGES = (
    "",
    "publications/",
    "publications/record/",
    "amend/",
    "annul/",
    "questions/",
    "justifications/",
)


def test_pages_of_a_draft_and_of_a_published_call_open(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        draft, call = ready_draft(number="2/2027"), published_call()
    for path in DRAFT_PAGES:
        assert director.get(f"/alfa/calls/{draft.pk}/{path}").status_code == 200, path
    for path in CALL_PAGES:
        assert director.get(f"/alfa/calls/{call.pk}/{path}").status_code == 200, path
    for path in ("/alfa/calls/", "/alfa/calls/new/", "/alfa/calls/templates/"):
        assert director.get(path).status_code == 200, path
    for path in ("", f"{call.pk}/", "feed.rss", "feed.atom", "feed.json", "ocds.json"):
        assert Client().get(f"/alfa/board/{path}").status_code == 200, path
    assert Client().get(f"/alfa/board/{draft.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "{call}/", "{call}/publications/", "{call}/questions/"])
def test_pages_ask_the_database_the_same_for_many_calls(director: Client, alfa: Tenant, path: str) -> None:
    with tenant_scope(alfa):
        call = published_call()
        Question.objects.create(call=call, asked_by=new_id(), organisation_id=new_id(), text="Czy?")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert director.get(f"/alfa/calls/{path.format(call=call.pk)}").status_code == 200
        return len(captured)

    count()
    few = count()
    with tenant_scope(alfa):
        for number in range(15):
            make_call(number=f"K/{number}/2026", state=Call.State.PUBLISHED, lots=["1000.00"] * 3)
            Question.objects.create(call=call, asked_by=new_id(), organisation_id=new_id(), text="Czy?")
    assert count() == few <= 25


def test_the_list_is_sorted_and_narrowed_by_its_address(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        ready_draft(number="9/2027", title="Projekt")
        published_call(number="1/2027")
        make_call(number="5/2026", title="Otwarty")

    def told(query: str) -> list[str]:
        return [row["call"].number for row in director.get(f"/alfa/calls/{query}").context["rows"]]

    assert told("?sort=number") == ["1/2027", "5/2026", "9/2027"]
    assert told("?sort=-number") == ["9/2027", "5/2026", "1/2027"]
    assert told("?state=draft") == ["9/2027"]
    assert told("?state=open") == ["1/2027"]
    assert told("?state=closed") == ["5/2026"]
    assert told("?text=otwar") == ["5/2026"]


def test_how_many_offers_came_is_told_after_the_deadline_only(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        open_one, closed = make_call(number="1/2027", state=Call.State.PUBLISHED), make_call(number="2/2027")
        with public_scope():
            organisation = partner(alfa)
        submit_offer(open_one, organisation)
        submit_offer(closed, organisation)
    page = director.get("/alfa/calls/")
    counts = {row["call"].number: row["call"].receipt_count for row in page.context["rows"]}
    assert counts == {"1/2027": 0, "2/2027": 1}
    assert "Wiadomo po terminie" in page.content.decode()


def test_a_task_that_begins_soon_is_a_warning_and_one_before_the_deadline_is_refused(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    client = sign_in("director", alfa)
    with tenant_scope(alfa):
        deadline = local_date(in_days(30))
        call = ready_draft(task_from=deadline + timedelta(days=10))
    page = f"/alfa/calls/{call.pk}/publish/"
    html = client.get(page).content.decode()
    assert "Warto spojrzeć" in html and "niecałe 30 dni po terminie" in html
    assert "Ogłoś konkurs" in html
    with tenant_scope(alfa):
        Call.objects.filter(pk=call.pk).update(task_from=deadline - timedelta(days=1))
    html = client.get(page).content.decode()
    assert "przypada przed terminem składania ofert" in html and "Ogłoś konkurs</button>" not in html
    assert client.post(page).status_code == 422
    with tenant_scope(alfa):
        assert Call.objects.get(pk=call.pk).state == Call.State.DRAFT
        Call.objects.filter(pk=call.pk).update(task_from=deadline)
        published = publish_call(call, actor=DIRECTOR)
        later = {"deadline": in_days(31)}
        with pytest.raises(DomainError) as caught:
            amend_call(published, reason="Dłużej", confirm=False, values=later, actor=DIRECTOR)
    assert [problem.code for problem in caught.value.problems] == ["task_before_deadline"]
