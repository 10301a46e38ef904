"""Pages of a tenant that anybody may read: nothing that is not public, nothing of another tenant, and no way to write.

They have no role to refuse, so `walks/` cannot try their doors; each new one is tried here, with the arguments
of the table of routes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracting.tenders.models import Call
from kernel.tenancy import public_scope, tenant_scope
from reporting.advice.links import answer_path
from reporting.advice.models import Appointment
from tenants import routing
from tenants.models import Tenant
from tenants.roles import Role
from tests.architecture.addresses import OURS
from tests.architecture.entries import read_table
from tests.architecture.world import rows_written
from tests.factories.calls import tenant_calls
from tests.factories.care import WorkerFactory
from tests.factories.people import signed_in_client

pytestmark = pytest.mark.django_db

TABLE = read_table()
# Pages that a signed link opens and whose button answers it. They publish nothing, so what is asked of pages for all
# does not fit; each is tried below, with its link, and by the tests of its app.
ANSWERED = {"answer:appointment", "survey:answer"}
PUBLIC = [
    name
    for name, route in OURS.items()
    if route.is_inside_a_tenant and route.door and route.door.kind == "public" and name not in ANSWERED
]
WITH_ARGUMENTS = [name for name in PUBLIC if TABLE[name].arguments]
_JUNK = ("1", "abc", "%00", "..", "' OR 1=1 --", "00000000-0000-0000-0000-00000000000g")
_FOREIGN = "Konkurs w drugiej gminie"

each_public = pytest.mark.parametrize("name", PUBLIC)
each_with_arguments = pytest.mark.parametrize("name", WITH_ARGUMENTS)


@dataclass(frozen=True)
class Things:
    """What a tenant has that its public addresses can name."""

    draft_call: Call
    open_call: Call


@dataclass(frozen=True)
class Scene:
    """What alfa and beta have, and who may ask: nobody, a director here, a director of another tenant."""

    own: Things
    foreign: Things
    readers: dict[str, Client]

    def address(self, name: str, slug: str = "alfa", **changed: Any) -> str:
        kwargs = {**TABLE[name].kwargs(self.own), **changed}
        return reverse(name, kwargs={"tenant_slug": slug, **kwargs})

    def statuses(self, address: str, method: str = "get") -> dict[str, int]:
        return {who: getattr(client, method)(address).status_code for who, client in self.readers.items()}

    def all(self, status: int) -> dict[str, int]:
        return dict.fromkeys(self.readers, status)


def _things(tenant: Tenant) -> Things:
    with tenant_scope(tenant):
        made = tenant_calls()
        return Things(made["draft_call"], made["open_call"])


@pytest.fixture
def scene(alfa: Tenant, beta: Tenant) -> Scene:
    own, foreign = _things(alfa), _things(beta)
    with tenant_scope(beta):
        Call.objects.filter(pk=foreign.open_call.pk).update(title=_FOREIGN)
    with public_scope():
        readers = {
            "nobody": Client(),
            "director": signed_in_client(Role.DIRECTOR, alfa),
            "director elsewhere": signed_in_client(Role.DIRECTOR, beta),
        }
    return Scene(own, foreign, readers)


@pytest.fixture
def nothing_changes(scene: Scene) -> Iterator[None]:
    before = rows_written()
    yield
    assert rows_written() == before, "a public page wrote to the database"


def test_there_are_public_pages() -> None:
    assert {"board:list", "board:call", "board:rss", "board:atom", "board:json", "board:ocds"} <= set(PUBLIC)


@each_public
def test_anybody_reads_it_and_finds_nothing_of_another_tenant(
    name: str, scene: Scene, nothing_changes: None
) -> None:
    for client in scene.readers.values():
        answer = client.get(scene.address(name))
        assert answer.status_code == 200
        told = answer.content.decode()
        # The other public pages describe the interface and tell of nothing that the tenant has.
        assert (scene.own.open_call.title in told) == name.startswith("board:")
        for secret in (scene.own.draft_call.title, _FOREIGN, str(scene.foreign.open_call.pk)):
            assert secret not in told
    assert Client().head(scene.address(name)).status_code == 200


@each_with_arguments
def test_what_is_not_public_here_is_not_found(name: str, scene: Scene, nothing_changes: None) -> None:
    for argument in TABLE[name].arguments:
        strange = {
            "a draft": scene.own.draft_call.pk,
            "of another tenant": scene.foreign.open_call.pk,
            "a draft of another tenant": scene.foreign.draft_call.pk,
            "not there": uuid4(),
        }
        for what, value in strange.items():
            assert scene.statuses(scene.address(name, **{argument: value})) == scene.all(404), what


@each_with_arguments
def test_junk_in_an_address_is_not_found(name: str, scene: Scene, nothing_changes: None) -> None:
    for argument in TABLE[name].arguments:
        whole = scene.address(name)
        for junk in _JUNK:
            address = whole.replace(str(TABLE[name].kwargs(scene.own)[argument]), junk)
            assert scene.statuses(address) == scene.all(404), junk


@each_public
def test_junk_in_the_query_breaks_nothing(name: str, scene: Scene, nothing_changes: None) -> None:
    for junk in (
        "state=zzz&page=abc",
        "page=-1",
        "state=%00&page=99999999999999999999",
        "pk=1&q=%F0%9F%92%A9",
    ):
        assert scene.statuses(f"{scene.address(name)}?{junk}") == scene.all(200), junk


@each_public
def test_a_tenant_that_is_not_there_has_none(name: str, scene: Scene, nothing_changes: None) -> None:
    assert scene.statuses(scene.address(name, "gamma")) == scene.all(404)


@each_public
def test_it_is_closed_with_its_tenant_and_tells_the_public_no_reason(name: str, scene: Scene) -> None:
    reason = "Umowa wygasła z końcem roku"
    Tenant.objects.filter(slug="alfa").update(state=Tenant.State.SUSPENDED, suspension_reason=reason)
    before = rows_written()
    # Whether the tenant is kept from an earlier request or read anew.
    for forget in (lambda: None, lambda: routing.forget("alfa")):
        forget()
        for client in scene.readers.values():
            answer = client.get(scene.address(name))
            assert answer.status_code == 403
            told = answer.content.decode()
            assert reason not in told
            assert scene.own.open_call.title not in told
    assert rows_written() == before


@each_public
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(name: str, method: str, scene: Scene, nothing_changes: None) -> None:
    assert scene.statuses(scene.address(name), method) == scene.all(405)


@pytest.fixture
def link(scene: Scene) -> str:
    """A link to one appointment of alfa, three days ahead."""
    with tenant_scope(Tenant.objects.get(slug="alfa")):
        starts_at = timezone.now() + timedelta(days=3)
        appointment = Appointment.objects.create(
            kind="psychological",
            adviser=WorkerFactory(surname="Poufna"),
            alias="Alias Tajny",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            place="home",
            link_key="k" * 22,
        )
        return answer_path(appointment)


def test_a_signed_link_opens_one_page_to_anybody_and_tells_only_when(scene: Scene, link: str) -> None:
    assert set(ANSWERED) <= set(OURS)
    for client in scene.readers.values():
        answer = client.get(link)
        assert answer.status_code == 200
        told = answer.content.decode().split("<h1>")[1]
        for secret in ("Alias Tajny", "Poufna", "psycholog", "porad"):
            assert secret not in told.lower() and secret not in told


def test_a_signed_link_works_in_its_own_tenant_only_and_junk_is_not_found(
    scene: Scene, link: str, nothing_changes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.frequency.PER_MINUTE", 10_000)
    for address in (
        link.replace("/alfa/", "/beta/"),
        link.replace("/alfa/", "/gamma/"),
        link[:-3] + "/",
        *(
            reverse("answer:appointment", args=["alfa", junk])
            for junk in ("x", "null", "1:2:3", "' OR 1=1 --")
        ),
    ):
        assert scene.statuses(address) == scene.all(404), address
        assert scene.statuses(address, "post") == scene.all(404), address
