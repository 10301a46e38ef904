"""The opening room and the recovery key over HTTP: fresh proof, two people, servers that are away."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry, Reading
from contracting.tenders.models import Call, OpenedOffer, Opening
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.contracting.tenders.offer_desk import Desk
from tests.factories.people import signed_in_client
from tests.factories.tenders import make_committee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("served_as")]
PASSWORD = "dlugie-haslo-do-prob"


class Room(Desk):
    """The desk after the deadline, with a committee of two whose passwords are known."""

    def __init__(self, alfa: Tenant) -> None:
        super().__init__(alfa)
        assert self.hand_in().status_code == 302
        self.members = [signed_in_client(Role.COMMITTEE_MEMBER, alfa) for _number in range(2)]
        for client in self.members:
            client.user.set_password(PASSWORD)  # type: ignore[attr-defined]
            client.user.save()  # type: ignore[attr-defined]
            client.force_login(client.user)  # type: ignore[attr-defined]
        with tenant_scope(alfa):
            make_committee(self.call, *[client.user for client in self.members])  # type: ignore[attr-defined]
            past = timezone.now()
            Call.objects.filter(pk=self.call.pk).update(deadline=past)

    def confirm(self, client: Client, password: str = "") -> Any:
        return client.post(self.url("confirm_opening", self.call.pk), {"password": password})

    def prove(self, client: Client) -> None:
        answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert answer.status_code == 302


def test_the_opening_needs_fresh_proof_and_two_people(alfa: Tenant) -> None:
    room = Room(alfa)
    one, two = room.members
    before = one.get(room.url("opening", room.call.pk)).content.decode()
    assert "Aronia" not in before
    assert room.confirm(one).status_code == 422
    assert room.confirm(one, "nie-to-haslo").status_code == 422
    with tenant_scope(alfa):
        assert not Opening.objects.exists()
    room.prove(one)
    assert room.confirm(one).url == room.url("opening", room.call.pk)
    assert room.confirm(one).status_code == 422, "the same person twice"
    with tenant_scope(alfa):
        assert not OpenedOffer.objects.exists()
    room.prove(two)
    assert room.confirm(two).status_code == 302
    page = two.get(room.url("opening", room.call.pk)).content.decode()
    assert "Fundacja Aronia" in page and "K/1/2026/1/1" in page
    read = room.writer.get(room.page("read"))
    assert "Pomoc w domu Aronia" in read.content.decode()
    with tenant_scope(alfa):
        assert Reading.objects.filter(page="offer").count() == 1


def test_a_proof_grows_old(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(alfa)
    one, _two = room.members
    room.prove(one)
    session = one.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**each, "at": each["at"] - 301} for each in records]
    session.save()
    assert room.confirm(one).status_code == 422
    assert room.confirm(one, PASSWORD).status_code == 302


def test_wrong_passwords_are_counted(alfa: Tenant) -> None:
    room = Room(alfa)
    one, _two = room.members
    for _number in range(5):
        assert room.confirm(one, "zle").status_code == 422
    assert room.confirm(one, PASSWORD).status_code == 422, "the right one too, for a while"
    with tenant_scope(alfa):
        assert not Opening.objects.exists()
    with public_scope():
        assert Entry.objects.filter(verb="fail_sign_in", payload__by="confirmation").count() == 5


def test_the_opening_works_with_redis_and_the_worker_away(alfa: Tenant, settings: Any) -> None:
    away = "redis://127.0.0.1:1/0"
    settings.REDIS_URL = away
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}
    settings.CELERY_BROKER_URL = away
    room = Room(alfa)
    for client in room.members:
        assert room.confirm(client, PASSWORD).status_code == 302
    with tenant_scope(alfa):
        assert OpenedOffer.objects.count() == 1


def test_the_room_tells_a_lost_key(alfa: Tenant, settings: Any, tmp_path: Any) -> None:
    room = Room(alfa)
    one, two = room.members
    room.prove(one)
    room.prove(two)
    assert room.confirm(one).status_code == 302
    settings.SEAL_KEY_FILE = str(tmp_path / "gone.key")
    answer = room.confirm(two)
    assert answer.status_code == 503
    assert "gone.key" not in answer.content.decode()
    with tenant_scope(alfa):
        assert not OpenedOffer.objects.exists()


def test_the_director_makes_the_recovery_key_and_sees_its_shares_once(alfa: Tenant) -> None:
    director = signed_in_client(Role.DIRECTOR, alfa)
    director.user.set_password(PASSWORD)  # type: ignore[attr-defined]
    director.user.save()  # type: ignore[attr-defined]
    director.force_login(director.user)  # type: ignore[attr-defined]
    address = reverse("offers:recovery_key", args=["alfa"])
    holders = {"first": "dyrektor", "second": "skarbnik", "third": "sekretarz"}
    assert director.post(address, holders).url.startswith(reverse("account_reauthenticate"))
    director.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert "w obecności trzech osób przechowujących" in director.get(address).content.decode()
    assert director.post(address, {**holders, "third": "Skarbnik"}).status_code == 422
    answer = director.post(address, holders)
    shares = answer.context["shares"]
    assert [len(share["words"]) for share in shares] == [33] * 3
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Kto widzi tę stronę, widzi wszystkie trzy części" in answer.content.decode()
    again = director.get(address).content.decode()
    assert " ".join(shares[0]["words"][:3]) not in again
