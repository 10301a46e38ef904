"""The contractor's own log of control: entered and corrected by the organisation, read by the unit."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from reporting.supervision.models import OwnControl
from tests.reporting.supervision.supervised import Supervised, in_days

pytestmark = pytest.mark.django_db


def enter(world: Supervised, who: str = "ngo", **changed: Any) -> Any:
    data = {
        "contract": world.contract.pk,
        "controlled_on": in_days(-1),
        "kind": "home",
        "controller": "Anna Kontrolna",
        "subject": "Punktualność wizyt",
        "result": "irregular",
        "measures": "Zmieniono grafik.",
        **changed,
    }
    return world.post(who, "enter_own_control", data)


def test_the_organisation_enters_and_the_unit_sees(world: Supervised) -> None:
    assert enter(world).status_code == 302
    for who in ("ngo", "inspector", "director"):
        page = world.get(who, "own_controls").content.decode()
        assert "Punktualność wizyt" in page
        assert "Zmieniono grafik." in page
    assert "Punktualność" not in world.get("other_ngo", "own_controls").content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"measures": ""},
        {"controlled_on": in_days(1)},
        {"controlled_on": "31.12.2025"},
        {"kind": "zzz"},
        {"subject": ""},
        {"contract": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_what_cannot_be_is_refused(world: Supervised, changed: dict[str, str]) -> None:
    assert enter(world, **changed).status_code == 422
    with world.in_tenant():
        assert not OwnControl.objects.exists()


def test_only_the_organisation_itself_enters_and_corrects(world: Supervised) -> None:
    assert enter(world, "director").status_code == 403
    assert enter(world, "other_ngo").status_code == 422
    enter(world)
    with world.in_tenant():
        row = OwnControl.objects.get()
    assert world.get("other_ngo", "correct_own_control", pk=row.pk).status_code == 404
    assert world.get("director", "correct_own_control", pk=row.pk).status_code == 403


def test_a_correction_names_what_changed_and_the_later_of_two_learns_of_the_earlier(
    world: Supervised,
) -> None:
    enter(world)
    with world.in_tenant():
        row = OwnControl.objects.get()
    seen = world.get("ngo", "correct_own_control", pk=row.pk).context["form"]["seen"].value()
    data = {
        "controlled_on": in_days(-2),
        "kind": "home",
        "controller": "Anna Kontrolna",
        "subject": "Punktualność wizyt",
        "result": "sound",
        "seen": seen,
    }
    assert world.post("ngo", "correct_own_control", data, pk=row.pk).status_code == 302
    assert world.post("ngo", "correct_own_control", data, pk=row.pk).status_code == 409
    with world.in_tenant():
        entry = Entry.objects.get(verb="correct_own_control")
        assert entry.payload["fields"] == ["controlled_on", "result", "measures"]


def test_the_database_keeps_the_rule(world: Supervised) -> None:
    enter(world)
    with world.in_tenant():
        for fields in ({"measures": ""}, {"kind": "zzz"}, {"result": "zzz"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                OwnControl.objects.update(**fields)
