"""At the office nobody advises alone: a plan shows who else is there, or somebody writes a word on it."""

import contextlib
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.periods import local_datetime
from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking
from reporting.advice.actions.terms import settle_terms
from reporting.advice.models import Appointment, Availability, Request, Slot
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.factories.people import partner
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead, typed

pytestmark = pytest.mark.django_db


def _hours(world: AdviceWorld, **fields: Any) -> Availability:
    """Hours of a colleague of the adviser, from nine to one on the day of the appointment."""
    with tenant_scope(world.tenant):
        adviser = fields.pop("adviser", None) or WorkerFactory(organisation=world.organisation)
        day = local_datetime(ahead(2)).date()
        given = {"place": "office", "start": time(9), "end": time(13), "weekday": day.isoweekday(), **fields}
        made: Availability = Availability.objects.create(
            adviser=adviser, kind="legal", valid_from=timezone.localdate(), **given
        )
        return made


def _is_alone(world: AdviceWorld, **fields: Any) -> bool:
    """Whether booking at ten, for an hour, without a word on it, is refused for that reason."""
    with contextlib.suppress(booking.DomainError):
        world.book(ahead(2), **{"presence": "", **fields})
        with tenant_scope(world.tenant):
            Appointment.objects.filter(adviser=world.adviser).delete()
        return False
    with pytest.raises(booking.DomainError) as refused:
        world.book(ahead(2), **{"presence": "", **fields})
    assert (refused.value.code, refused.value.field) == ("nobody_else_there", "presence")
    return True


def test_a_warning_asks_for_a_word_at_its_field_and_with_it_books(advice: AdviceWorld) -> None:
    client, path = advice.client(Role.COORDINATOR), advice.url("book/")
    refused = client.post(path, typed(ahead(2), advice, presence=" ", where="pokój 7"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "nikogo innego nie będzie na miejscu" in page and 'value="pokój 7"' in page
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
    assert client.post(path, typed(ahead(2), advice, presence="Stróż do 20:00")).status_code == 302
    with tenant_scope(advice.tenant):
        card = Appointment.objects.get()
    assert "Stróż do 20:00" in client.get(advice.url(f"{card.pk}/")).content.decode()


def test_hours_or_an_appointment_of_a_colleague_at_the_office_the_whole_time_suffice(
    advice: AdviceWorld,
) -> None:
    assert _is_alone(advice)
    with tenant_scope(advice.tenant):
        colleague = WorkerFactory(organisation=advice.organisation)
        asked = booking.Booking(
            adviser=colleague,
            kind="legal",
            starts_at=ahead(2),
            minutes=60,
            place="office",
            presence="portier",
        )
        there = booking.book(asked, actor=ACTOR)
    assert not _is_alone(advice)
    assert _is_alone(advice, minutes=90), "the colleague leaves before the end"
    with tenant_scope(advice.tenant):
        Appointment.objects.filter(pk=there.pk).update(state="cancelled")
    assert _is_alone(advice)
    _hours(advice)
    assert not _is_alone(advice, minutes=180)
    assert _is_alone(advice, minutes=181)


@pytest.mark.parametrize("but", ["mobile", "later", "over", "own", "elsewhere", "leave"])
def test_who_is_elsewhere_or_away_is_not_there(advice: AdviceWorld, but: str) -> None:
    fields: dict[str, Any] = {
        "mobile": {"place": "mobile"},
        "later": {"start": time(10, 30)},
        "over": {"valid_to": timezone.localdate() + timedelta(days=1)},
        "own": {"adviser": advice.adviser},
    }.get(but, {})
    if but == "elsewhere":
        with tenant_scope(advice.tenant):
            fields["adviser"] = WorkerFactory(organisation=partner(advice.tenant, name="Fundacja Obok"))
    hours = _hours(advice, **fields)
    if but == "leave":
        with tenant_scope(advice.tenant):
            Slot.objects.create(
                availability=hours, adviser=hours.adviser, kind="legal", place="office", closed=True,
                starts_at=ahead(2), ends_at=ahead(2, 11),
            )  # fmt: skip
    assert _is_alone(advice)


def test_elsewhere_than_at_the_office_and_where_the_unit_does_not_watch_nobody_is_asked(
    advice: AdviceWorld,
) -> None:
    assert not _is_alone(advice, place="remote")
    with tenant_scope(advice.tenant):
        settle_terms(
            long_session_minutes=120,
            most_minutes=480,
            hold_hours=48,
            days_back=1096,
            days_ahead=366,
            weeks_ahead=6,
            deputy_days=92,
            watch_presence=False,
            actor=ACTOR,
        )
    assert not _is_alone(advice)


def test_a_statement_of_a_disability_suffices_and_is_counted(advice: AdviceWorld) -> None:
    client, path = advice.client(Role.COORDINATOR), advice.url("requests/new/")
    wish = {"kind": "legal", "requested_on": f"{timezone.localdate():%d.%m.%Y}", "alias": "K-1", "place": ""}
    assert "Wystarczy oświadczenie" in client.get(path).content.decode()
    assert client.post(path, {**wish, "disability": "grupa"}).status_code == 422
    client.post(path, {**wish, "disability": "statement"})
    with tenant_scope(advice.tenant):
        request = Request.objects.get()
    made = advice.book(ahead(-1), request=request)
    with tenant_scope(advice.tenant):
        Appointment.objects.update(state="done")
    assert "na podstawie oświadczenia" in client.get(advice.url(f"{made.pk}/")).content.decode()
    assert "na podstawie oświadczenia" not in client.get(advice.url("")).content.decode()
    table = client.get(advice.url("figures/figures.csv")).content.decode("utf-8-sig")
    assert "Porady dla osób z niepełnosprawnością, na podstawie oświadczenia;1" in table
    assert "Porady dla osób z niepełnosprawnością, na podstawie orzeczenia;0" in table
