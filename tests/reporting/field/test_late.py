"""A visit that a phone sent after its month was accepted: the social unit adds it to a later month, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Worker
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.field.models import PhoneEntry
from reporting.settlement.models import Adjustment
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.settlement.test_settlement_pages import page, post
from tests.reporting.settlement.world import SettledWorld, accepted_world


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


def send_late(world: SettledWorld, sign_in: Callable[..., Client]) -> PhoneEntry:
    """What the phone of the carer sent of 12 October, which is accepted."""
    carer: Any = sign_in(Role.WORKER, world.tenant, world.organisation)
    with tenant_scope(world.tenant):
        Worker.objects.filter(pk=world.worker.pk).update(user_id=carer.user.pk)
    entry = {
        "kind": "visit", "id": str(new_id()), "decision": str(world.clean.pk), "number": world.clean.number,
        "date": "2026-10-12", "start": "09:00", "end": "10:30", "state": "done", "activities": ["shopping"], "note": "",
        "seen": [], "offset_then": 0, "jumped": False, "clocked": True,
    }  # fmt: skip
    phone_now = int(timezone.now().timestamp() * 1000)
    answer = carer.post(
        "/alfa/field/sync/",
        {"user": str(carer.user.pk), "phone_now": phone_now, "entries": [entry]},
        content_type="application/json",
    )
    [result] = answer.json()["results"]
    assert (result["outcome"], result["version"]) == ("waiting", None)
    assert "doliczy wizytę do późniejszego" in result["said"]
    with tenant_scope(world.tenant):
        found: PhoneEntry = PhoneEntry.objects.get(pk=entry["id"])
    return found


@pytest.fixture
def sent(world: SettledWorld, sign_in: Callable[..., Client]) -> PhoneEntry:
    return send_late(world, sign_in)


def shown_in_form(client: Client, where: str) -> dict[str, Any]:
    """What the form of a late visit offers to be sent."""
    form: Any = client.get(where).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_visit_that_a_phone_sent_after_the_month_was_accepted_is_added_to_a_later_one(
    world: SettledWorld, sent: PhoneEntry, sign_in: Callable[..., Client]
) -> None:
    where = f"/alfa/field/late/{sent.pk}/"
    coordinator = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    told = page(coordinator, f"/alfa/field/entries/{sent.pk}/")
    assert "Ośrodek widzi tę wizytę wśród spóźnionych" in told
    for role in (Role.NGO_COORDINATOR, Role.NGO_MANAGER, Role.WORKER):
        assert sign_in(role, world.tenant, world.organisation).get(where).status_code == 403
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    start = page(accountant, "/alfa/")
    assert "1 wizyta z telefonów opiekunek przyszła po przyjęciu miesiąca" in start
    assert where in accountant.get("/alfa/field/late/").content.decode()
    asked = accountant.get(where)
    assert all(f'name="{name}"' in asked.content.decode() for name in ("activities", "justification"))
    typed = shown_in_form(accountant, where)
    assert typed["activities"] == ["shopping"]
    assert (typed["decision"], typed["worker"]) == (world.clean.pk, world.worker.pk)
    shown = {**typed, "carried_in": "2026-11"}
    assert "Wybierz" in post(accountant, where, {**shown, "decision": ""}, 422)
    assert "przyznaje w miesiącu" in post(accountant, where, shown, 422)
    post(accountant, where, {**shown, "justification": "Zlecona dodatkowo"})
    with tenant_scope(world.tenant):
        made = Adjustment.objects.select_related("line").get()
        kept = PhoneEntry.objects.get(pk=sent.pk)
        assert (made.minutes, made.line.is_late, f"{made.line.date}") == (90, True, "2026-10-12")
        assert made.line.activities == ["shopping"]
        assert (kept.state, kept.settled_by) == ("late", accountant.user.pk)  # type: ignore[attr-defined]
        assert Entry.objects.filter(verb="settle_phone_entry").count() == 1
    # Settled: nobody is asked about it any more, and sending the form again adds nothing.
    assert "Żadna wizyta nie przyszła za późno" in page(accountant, "/alfa/field/late/")
    post(accountant, where, {**shown, "start": "15:00"})
    assert "Ośrodek dodał ją jako spóźnioną wizytę" in page(coordinator, f"/alfa/field/entries/{sent.pk}/")
    with tenant_scope(world.tenant):
        assert Adjustment.objects.count() == 1


def test_an_entry_of_a_month_that_is_only_handed_in_or_of_no_visit_made_is_not_offered(
    world: SettledWorld, sent: PhoneEntry, sign_in: Callable[..., Client]
) -> None:
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    for changed in ({"visit_state": "cancelled"}, {"day": "2026-11-12"}, {"state": "conflict"}):
        with tenant_scope(world.tenant):
            before = PhoneEntry.objects.values(*changed).get(pk=sent.pk)
            PhoneEntry.objects.filter(pk=sent.pk).update(**changed)
        assert accountant.get(f"/alfa/field/late/{sent.pk}/").status_code == 404
        with tenant_scope(world.tenant):
            PhoneEntry.objects.filter(pk=sent.pk).update(**before)
    assert accountant.get(f"/alfa/field/late/{sent.pk}/").status_code == 200
