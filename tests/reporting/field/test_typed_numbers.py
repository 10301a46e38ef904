"""A number of a decision can be guessed: a visit typed under it brings nobody's name, address or key to the phone."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.contacts import Contact
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import Visit
from tests.factories.people import partner, signed_in_client
from tests.reporting.delivery.diary_world import add_persons
from tests.reporting.field.field_world import NOW, WEDNESDAY, FieldWorld


@pytest.fixture
def stranger(world: FieldWorld) -> Any:
    """A decision whose person the carer has never visited; its planned visits are of every working day."""
    with tenant_scope(world.diary.tenant):
        add_persons(world.diary, 1)
        decision = world.diary.decisions[2]
        decision.person.write_contact(
            Contact("ul. Polna 4", "+48270000101", entry_note="Klucz pod wycieraczką")
        )
        decision.person.save()
    return decision


def _typed(world: FieldWorld, stranger: Any, **changed: Any) -> str:
    sent = {"decision": None, "number": stranger.number, "start": "06:00", "end": "06:15", **changed}
    [result] = world.outcomes(world.entry(**sent))
    assert result["outcome"] == "stored"
    return str(result["id"])


def _told(world: FieldWorld, stranger: Any) -> tuple[bool, bool]:
    """Whether the shift tells the name, and how the person is reached."""
    shift = world.shift()
    told = shift["decisions"][str(stranger.pk)]
    assert (stranger.person.surname in str(shift)) == bool(told["person"])
    assert ("Polna" in str(shift)) == ("wycieraczką" in str(shift)) == (told["contact"] is not None)
    return bool(told["person"]), told["contact"] is not None


def test_a_visit_under_a_typed_number_tells_no_name_and_no_address(world: FieldWorld, stranger: Any) -> None:
    _typed(world, stranger)
    assert _told(world, stranger) == (False, False)
    _typed(world, stranger, date="2024-10-08")
    noticed = world.observation(decision=str(stranger.pk))
    assert world.outcomes(noticed)[0]["outcome"] == "taken"
    assert _told(world, stranger) == (False, False), (
        "a day of before that she typed today is no day of before"
    )


@pytest.mark.parametrize("how", ["entered by another", "changed by another", "handed in", "confirmed"])
def test_whom_somebody_else_says_she_serves_stands_on_her_phone(
    world: FieldWorld, stranger: Any, how: str
) -> None:
    pk = _typed(world, stranger)
    with tenant_scope(world.diary.tenant):
        typed = Visit.objects.filter(pk=pk)
        if how == "entered by another":
            typed.update(entered_by=None)
        elif how == "changed by another":
            typed.update(changed_by=None)
        elif how == "handed in":
            freeze_month(world.diary.contract, WEDNESDAY, actor=Actor.system("tests"))
        else:
            typed.update(confirmed_at=NOW)
    assert _told(world, stranger) == (True, True)


def test_the_next_day_tells_no_more_than_the_day_on_which_the_number_was_typed(
    world: FieldWorld, stranger: Any
) -> None:
    pk = _typed(world, stranger)
    with tenant_scope(world.diary.tenant):
        typed, before = Visit.objects.get(pk=pk), timedelta(days=1)
        Visit.objects.filter(pk=pk).update(
            starts_at=typed.starts_at - before, ends_at=typed.ends_at - before, entered_at=NOW - before
        )
    _typed(world, stranger, start="06:30", end="06:45")
    assert _told(world, stranger) == (False, False)


def test_the_coordinator_confirms_whom_a_carer_serves(world: FieldWorld, stranger: Any) -> None:
    _typed(world, stranger)
    coordinator = world.diary.client()
    listed = coordinator.get(world.url("entries/"))
    assert stranger.number in listed.content.decode()
    pair = {"worker": str(world.diary.anna.pk), "decision": str(stranger.pk)}
    answer = coordinator.post(world.url("entries/known/"), pair, follow=True)
    assert "Potwierdzono" in answer.content.decode()
    assert stranger.number not in answer.content.decode()
    assert _told(world, stranger) == (True, True)
    again = coordinator.post(world.url("entries/known/"), pair, follow=True)
    assert "Nie ma już czego potwierdzać" in again.content.decode()
    with tenant_scope(world.diary.tenant):
        [line] = Entry.objects.filter(verb="confirm_carer")
    assert line.payload == {"worker": str(world.diary.anna.pk), "visits": 1}


def test_carers_and_other_organisations_confirm_nothing(world: FieldWorld, stranger: Any) -> None:
    _typed(world, stranger)
    pair = {"worker": str(world.diary.anna.pk), "decision": str(stranger.pk)}
    assert world.carer.post(world.url("entries/known/"), pair).status_code == 403
    with public_scope():
        other = partner(world.diary.tenant)
    elsewhere = signed_in_client("ngo_coordinator", world.diary.tenant, other)
    assert elsewhere.post(world.url("entries/known/"), pair).status_code == 302
    assert _told(world, stranger) == (False, False)


def test_the_diary_names_nobody_for_a_typed_number(world: FieldWorld, stranger: Any) -> None:
    def told() -> tuple[bool, bool]:
        query = {"month": "2024-10", "contract": str(world.diary.contract.pk), "add": stranger.number}
        grid, cells = (
            world.carer.get(world.diary.url(path), query).content.decode()
            for path in ("grid/", "grid/month/")
        )
        assert (stranger.number in grid, stranger.number in cells) == (True, True)
        return stranger.person.surname in grid, stranger.person.surname in cells

    assert told() == (False, False)
    pk = _typed(world, stranger)
    assert told() == (False, False)
    busy = world.carer.post(
        world.diary.url("can-log/"),
        {
            "decision": str(world.decision.pk),
            "worker": str(world.diary.anna.pk),
            "date": WEDNESDAY.isoformat(),
            "start": "06:00",
            "end": "06:30",
        },
        content_type="application/json",
    ).content.decode()
    assert stranger.number in busy
    assert stranger.person.surname not in busy
    start = world.carer.get(f"/{world.diary.tenant.slug}/").content.decode()
    assert stranger.number in start
    assert stranger.person.surname not in start
    with tenant_scope(world.diary.tenant):
        Visit.objects.filter(pk=pk).update(confirmed_at=NOW)
    assert told() == (True, True)
    assert stranger.person.surname in world.carer.get(f"/{world.diary.tenant.slug}/").content.decode()


def test_a_visit_that_the_coordinator_cancelled_tells_nothing(world: FieldWorld, stranger: Any) -> None:
    pk = _typed(world, stranger)
    with tenant_scope(world.diary.tenant):
        Visit.objects.filter(pk=pk).update(changed_by=None, state=Visit.State.CANCELLED)
    assert _told(world, stranger) == (False, False)
