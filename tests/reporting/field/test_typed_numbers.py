"""A number of a decision can be guessed: a visit typed under it brings nobody's name, address or key to the phone."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.care.contacts import Contact
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import Visit
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


@pytest.mark.parametrize("how", ["entered by another", "changed by another", "handed in", "of before"])
def test_whom_the_carer_serves_stands_on_her_phone(world: FieldWorld, stranger: Any, how: str) -> None:
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
            before = timedelta(days=1)
            one = typed.get()
            typed.update(
                starts_at=one.starts_at - before, ends_at=one.ends_at - before, entered_at=NOW - before
            )
    assert _told(world, stranger) == (True, True)


def test_a_visit_that_the_coordinator_cancelled_tells_nothing(world: FieldWorld, stranger: Any) -> None:
    pk = _typed(world, stranger)
    with tenant_scope(world.diary.tenant):
        Visit.objects.filter(pk=pk).update(changed_by=None, state=Visit.State.CANCELLED)
    assert _told(world, stranger) == (False, False)
