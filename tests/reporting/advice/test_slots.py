"""Times of advisers: made of weekly hours, not on holidays, closed and opened; topics and terms."""

from datetime import date, time

import pytest

from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.advice.actions import slots as verbs
from reporting.advice.actions.terms import settle_terms
from reporting.advice.models import Availability, Slot, Terms, Topic
from tenants.roles import Role
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead

pytestmark = pytest.mark.django_db


def _hours(world: AdviceWorld, **fields: object) -> verbs.Hours:
    given: dict[str, object] = {
        "adviser": world.adviser, "kind": "legal", "weekday": 3, "start": time(15), "end": time(18, 30),
        "slot_minutes": 60, "place": "mobile", "where": "Sianów", "signs": True,
        "valid_from": date(2026, 1, 1), "valid_to": None, **fields,
    }  # fmt: skip
    return verbs.Hours(**given)  # type: ignore[arg-type]


def test_slots_are_made_of_hours_once_and_not_on_public_holidays(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        hours = Availability.objects.create(**vars(_hours(advice)))
        # 11 November 2026, a Wednesday, is a public holiday.
        assert verbs.make_slots([hours], date(2026, 11, 9)) == 3 * 5
        assert verbs.make_slots([hours], date(2026, 11, 9)) == 0
        days = set(Slot.objects.values_list("date", flat=True))
        assert date(2026, 11, 18) in days and date(2026, 11, 11) not in days
        first = Slot.objects.filter(date=date(2026, 11, 18))
        assert [f"{slot.start:%H:%M}" for slot in first] == ["15:00", "16:00", "17:00"]
        assert {(slot.place, slot.where, slot.signs) for slot in first} == {("mobile", "Sianów", True)}
        settle_terms(
            long_session_minutes=90,
            most_minutes=480,
            hold_hours=48,
            days_back=1096,
            days_ahead=366,
            weeks_ahead=8,
            deputy_days=30,
            watch_presence=True,
            actor=ACTOR,
        )
        assert verbs.make_all_slots(date(2026, 11, 9)) == 3 * 2


def test_hours_are_entered_through_the_page_and_refused_where_they_cannot_be(advice: AdviceWorld) -> None:
    client, path = advice.client(Role.NGO_COORDINATOR), advice.url("slots/hours/")
    data = {
        "adviser": advice.adviser.pk, "kind": "legal", "weekday": "2", "start": "15", "end": "18",
        "slot_minutes": "60", "place": "office", "valid_from": "01.11.2026",
    }  # fmt: skip
    for wrong in (
        {"end": "14"}, {"slot_minutes": "500"}, {"slot_minutes": "200"}, {"weekday": "9"}, {"valid_to": "01.10.2026"},
    ):  # fmt: skip
        assert client.post(path, {**data, **wrong}).status_code == 422
    none_fits = client.post(path, {**data, "end": "16", "slot_minutes": "90"})
    assert none_fits.status_code == 422
    assert "nie mieści się ani jeden termin tej długości" in none_fits.content.decode()
    assert client.post(path, data).status_code == 302
    overlap = client.post(path, {**data, "start": "17", "end": "19"})
    assert (overlap.status_code, "ma już dyżur" in overlap.content.decode()) == (422, True)
    with tenant_scope(advice.tenant):
        hours = Availability.objects.get()
        made = Slot.objects.count()
    assert made >= 15
    page = client.get(advice.url("slots/")).content.decode()
    assert "15:00–18:00" in page
    assert client.post(advice.url(f"slots/hours/{hours.pk}/end/"), {"last_day": ""}).status_code == 422
    assert (
        client.post(advice.url(f"slots/hours/{hours.pk}/end/"), {"last_day": "22.11.2026"}).status_code == 302
    )
    with tenant_scope(advice.tenant):
        assert not Slot.objects.filter(date__gt=date(2026, 11, 22)).exists()


def test_a_closed_time_is_not_free_and_opened_again_it_goes_to_who_waits(advice: AdviceWorld) -> None:
    slot, request = advice.slot(ahead(5)), advice.waiting(3)
    client, path = advice.client(Role.COORDINATOR), advice.url(f"slots/{slot.pk}/close/")
    assert client.post(path).status_code == 302
    with tenant_scope(advice.tenant):
        assert not Slot.objects.free().exists()
    assert client.post(path, {"open": "1"}).status_code == 302
    assert advice.now(request).offered_slot_id == slot.pk
    client.post(path)
    assert advice.now(request).offered_slot_id is None


def test_the_later_of_two_who_settle_terms_or_change_a_topic_learns_of_the_earlier(
    advice: AdviceWorld,
) -> None:
    one, two = advice.client(Role.COORDINATOR), advice.client(Role.DIRECTOR)
    with tenant_scope(advice.tenant):
        topic = Topic.objects.create(code="debts", name="Zadłużenie")
    of_topic = {"name": "Długi", "active": "on"}
    of_terms = {
        "long_session_minutes": "90", "weeks_ahead": "4", "deputy_days": "30", "most_minutes": "480",
        "hold_hours": "48", "days_back": "1096", "days_ahead": "366",
    }  # fmt: skip
    for address, given, other in (
        (advice.url("terms/"), of_terms, {"hold_hours": "24"}),
        (advice.url(f"terms/topics/{topic.pk}/"), of_topic, {"name": "Kredyty"}),
    ):
        seen = {"seen": one.get(address).context["form"].initial["seen"]}
        assert one.post(address, given | seen).status_code == 302
        late = two.post(address, given | other | seen)
        assert late.status_code == 409 and "Ktoś inny zmienił to" in late.content.decode()
        # Nothing typed is lost, and whoever has compared replaces it.
        again = {"seen": late.context["form"]["seen"].value()}
        assert two.post(address, given | other | again).status_code == 302
    assert advice.now(topic).name == "Kredyty"


def test_topics_and_terms_are_kept_by_the_unit(advice: AdviceWorld) -> None:
    client = advice.client(Role.COORDINATOR)
    new = advice.url("terms/topics/new/")
    assert client.post(new, {"code": "długi", "name": "Długi"}).status_code == 422
    assert client.post(new, {"code": "debts", "name": "Zadłużenie"}).status_code == 302
    assert client.post(new, {"code": "debts", "name": "Inne"}).status_code == 422
    with tenant_scope(advice.tenant):
        topic = Topic.objects.get()
    assert client.post(advice.url(f"terms/topics/{topic.pk}/"), {"name": "Długi"}).status_code == 302
    topic = advice.now(topic)
    assert (topic.name, topic.active) == ("Długi", False)
    terms = advice.url("terms/")

    def settle(**fields: str) -> int:
        given = {
            "long_session_minutes": "90",
            "weeks_ahead": "4",
            "deputy_days": "30",
            "most_minutes": "480",
            "hold_hours": "48",
            "days_back": "1096",
            "days_ahead": "366",
            **fields,
        }
        return int(client.post(terms, given).status_code)

    for wrong in (
        {"long_session_minutes": "5"},
        {"weeks_ahead": "40"},
        {"deputy_days": "0"},
        {"most_minutes": "721"},
        {"days_back": "30"},
        {"days_ahead": "6"},
    ):
        assert settle(**wrong) == 422
    for weeks in ("4", "5"):
        assert settle(weeks_ahead=weeks) == 302
    with tenant_scope(advice.tenant):
        kept = Terms.objects.get()
        assert (kept.weeks_ahead, kept.deputy_days, kept.watch_presence) == (5, 30, False)
        with pytest.raises(DomainError):
            settle_terms(
                long_session_minutes=1,
                most_minutes=480,
                hold_hours=48,
                days_back=1096,
                days_ahead=366,
                weeks_ahead=4,
                deputy_days=30,
                watch_presence=True,
                actor=ACTOR,
            )
    assert advice.client(Role.NGO_COORDINATOR).get(terms).status_code == 403
