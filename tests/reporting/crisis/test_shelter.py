"""Shelter: places, stays up to the limit of the law, occupancy, warnings; a place is never given twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.commissioning.models import LegalLimit
from kernel.periods import Month
from reporting.crisis.actions import add_place, begin_stay, close_case, end_stay
from reporting.crisis.models import ShelterPlace, ShelterStay
from reporting.crisis.queries.shelter import limited
from reporting.crisis.rules import last_leaving
from reporting.crisis.waiting import crisis_waiting
from tenants.access import access_to_tenant
from tenants.roles import Role
from tests.factories.care import PersonFactory
from tests.factories.people import partner
from tests.reporting.crisis.centre import a_case, actor


@pytest.fixture
def lead(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.COORDINATOR, in_alfa)


@pytest.fixture
def place(lead: Any) -> ShelterPlace:
    return add_place(None, name="Pokój 1", valid_from=_day(-300), actor=actor(lead))


def _day(offset: int) -> Any:
    return timezone.localdate() + timedelta(days=offset)


def _told(place: Any, first: int, last: int, **fields: Any) -> dict[str, Any]:
    days = {"from_day": f"{_day(first):%d.%m.%Y}", "to_day": f"{_day(last):%d.%m.%Y}"}
    return {"place": place.pk, **days, "ground": "", **fields}


def _stay(case: Any, place: Any, first: int, last: int, lead: Any, ground: str = "") -> ShelterStay:
    return begin_stay(
        case, place=place, from_day=_day(first), to_day=_day(last), ground=ground, actor=actor(lead)
    )


def test_a_place_is_given_and_left(lead: Any, place: ShelterPlace) -> None:
    case = a_case(lead, days_ago=20)
    page = f"/alfa/crisis/{case.pk}/stays/"
    assert lead.post(f"{page}new/", _told(place, -5, 20)).url.endswith("#stays")
    stay = ShelterStay.objects.get()
    shown = lead.get("/alfa/crisis/shelter/")
    assert case.number in shown.content.decode()
    assert shown.context["occupancy"].taken[timezone.localdate().day - 1] == 1
    assert lead.post(f"{page}{stay.pk}/end/", {"to_day": f"{_day(1):%d.%m.%Y}"}).status_code == 422
    assert lead.post(f"{page}{stay.pk}/end/", {"to_day": f"{_day(0):%d.%m.%Y}"}).status_code == 302
    stay.refresh_from_db()
    assert (stay.ended, stay.to_day) == (True, _day(0))
    changed = lead.post(f"{page}{stay.pk}/", {"to_day": f"{_day(3):%d.%m.%Y}", "ground": ""})
    assert changed.status_code == 422 and "Pobyt zakończył się" in changed.content.decode()
    assert _stay(a_case(lead, days_ago=3), place, 0, 3, lead).pk, "the day of leaving is free for the next"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (2, 6, "zajęte"),
        (-2, 1, "zajęte"),
        (9, 12, "zajęte"),
        (10, 12, None),
        (-3, 0, None),
        (12, 12, "musi przypadać"),
        (14, 11, "musi przypadać"),
        (-30, -25, "Sprawa zaczęła się"),
    ],
)
def test_no_place_is_given_twice_for_a_night(
    first: int, last: int, words: str | None, lead: Any, place: ShelterPlace
) -> None:
    _stay(a_case(lead, days_ago=5), place, 0, 10, lead)
    case = a_case(lead, days_ago=20)
    answer = lead.post(f"/alfa/crisis/{case.pk}/stays/new/", _told(place, first, last))
    assert answer.status_code == (302 if words is None else 422)
    if words:
        assert words in answer.content.decode()


def test_the_database_itself_refuses_a_night_twice(lead: Any, place: ShelterPlace) -> None:
    case = a_case(lead, days_ago=5)
    _stay(case, place, 0, 10, lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShelterStay.objects.create(place=place, case=case, from_day=_day(9), to_day=_day(11))


def test_beyond_the_limit_of_the_law_only_a_provision_helps(lead: Any, place: ShelterPlace) -> None:
    case = a_case(lead, days_ago=20)
    limit = (last_leaving(_day(-5), 3) - _day(0)).days
    page = f"/alfa/crisis/{case.pk}/stays/"
    refused = lead.post(f"{page}new/", _told(place, -5, limit + 1))
    assert refused.status_code == 422
    assert "najwyżej na 3 mies. (art. 47 ustawy o pomocy społecznej)" in refused.content.decode()
    assert lead.post(f"{page}new/", _told(place, -5, limit)).status_code == 302
    stay = ShelterStay.objects.get()
    longer = {"to_day": f"{_day(limit + 30):%d.%m.%Y}"}
    assert lead.post(f"{page}{stay.pk}/", {**longer, "ground": ""}).status_code == 422
    assert lead.post(f"{page}{stay.pk}/", {**longer, "ground": "wish"}).status_code == 422
    assert lead.post(f"{page}{stay.pk}/", {**longer, "ground": "foreigner"}).status_code == 302
    assert "art. 47 ust. 3a" in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()


def test_a_change_of_place_does_not_begin_the_limit_anew(lead: Any, place: ShelterPlace) -> None:
    case = a_case(lead, days_ago=80)
    end_stay(_stay(case, place, -70, -1, lead), to_day=_day(-1), actor=actor(lead))
    other = add_place(None, name="Pokój 2", valid_from=_day(-300), actor=actor(lead))
    page = f"/alfa/crisis/{case.pk}/stays/new/"
    limit = (last_leaving(_day(-70), 3) - _day(0)).days
    assert lead.post(page, _told(other, -1, limit + 1)).status_code == 422
    assert lead.post(page, _told(other, -1, limit)).status_code == 302


def test_another_case_of_the_person_does_not_begin_the_limit_anew(lead: Any, place: ShelterPlace) -> None:
    person = PersonFactory(code="P900")
    told = {"identity": "person", "alias": "", "person": person}
    old, new, stranger = a_case(lead, days_ago=80, **told), a_case(lead, days_ago=9, **told), a_case(lead)
    end_stay(_stay(old, place, -70, -1, lead), to_day=_day(-1), actor=actor(lead))
    other = add_place(None, name="Pokój 2", valid_from=_day(-300), actor=actor(lead))
    third = add_place(None, name="Pokój 3", valid_from=_day(-300), actor=actor(lead))
    limit = (last_leaving(_day(-70), 3) - _day(0)).days
    page = f"/alfa/crisis/{new.pk}/stays/new/"
    assert lead.post(page, _told(other, -1, limit + 1)).status_code == 422, "follows"
    assert lead.post(page, _told(other, -5, limit + 1)).status_code == 422, "overlaps"
    assert lead.post(page, _told(other, -1, limit - 9)).status_code == 302
    assert lead.post(page, _told(third, limit - 5, limit + 30)).status_code == 302, "nights elsewhere between"
    theirs = f"/alfa/crisis/{stranger.pk}/stays/new/"
    assert lead.post(theirs, _told(third, -1, limit - 6)).status_code == 302, "nobody knows who it is"
    between = lead.post(page, _told(place, limit - 9, limit - 5))
    assert between.status_code == 422 and "nastąpi bez przerwy" in between.content.decode()
    rows = {row.stay.place.name: row.last_day for row in limited(new.stays.select_related("place"))}
    assert rows["Pokój 2"] == last_leaving(_day(-70), 3), "the page says the day of the person"


def test_the_warning_counts_the_days_of_the_person(lead: Any, place: ShelterPlace, in_alfa: Any) -> None:
    told = {"identity": "person", "alias": "", "person": PersonFactory(code="P901")}
    old, new = a_case(lead, days_ago=80, **told), a_case(lead, days_ago=9, **told)
    end_stay(_stay(old, place, -70, 0, lead), to_day=_day(0), actor=actor(lead))
    # Entered before the other case was known to be of the same person: longer than the two together may last.
    left = (last_leaving(_day(-70), 3) - _day(0)).days
    ShelterStay.objects.create(case=new, place=place, from_day=_day(0), to_day=_day(left + 60))
    access = access_to_tenant(lead.user, in_alfa)

    def warned(offset: int) -> bool:
        return any(new.number in str(wait.title) for wait in crisis_waiting(access, _day(offset)))

    assert [warned(left - 15), warned(left - 14)] == [False, True]


def test_the_limit_is_that_of_the_day_of_coming(lead: Any, place: ShelterPlace) -> None:
    LegalLimit.objects.create(
        code="shelter_months", value=1, unit="months", valid_from=_day(-3), article="art. 47", source="Dz.U.",
        acts_from=_day(-3),
    )  # fmt: skip
    case = a_case(lead, days_ago=20)
    page = f"/alfa/crisis/{case.pk}/stays/new/"
    assert lead.post(page, _told(place, 0, 40)).status_code == 422
    assert lead.post(page, _told(place, -10, 40)).status_code == 302


def test_places_end_when_nobody_stays_on_them(lead: Any, place: ShelterPlace, in_alfa: Any) -> None:
    _stay(a_case(lead, days_ago=5), place, 0, 10, lead)
    page = f"/alfa/crisis/shelter/places/{place.pk}/end/"
    assert lead.post(page, {"valid_to": f"{_day(5):%d.%m.%Y}"}).status_code == 422
    assert lead.post(page, {"valid_to": f"{_day(10):%d.%m.%Y}"}).status_code == 302
    case = a_case(lead, days_ago=5)
    late = lead.post(f"/alfa/crisis/{case.pk}/stays/new/", _told(place, 10, 12))
    assert late.status_code == 422 and "nie jest dostępne" in late.content.decode()
    again = {"name": "Pokój 1", "valid_from": f"{_day(0):%d.%m.%Y}"}
    assert "Jest już miejsce" in lead.post("/alfa/crisis/shelter/places/new/", again).content.decode()


def test_places_belong_to_their_centre(
    lead: Any, place: ShelterPlace, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    own = partner(in_alfa)
    manager = sign_in(Role.NGO_MANAGER, in_alfa, own)
    theirs = add_place(own.pk, name="Dom 7", valid_from=_day(-9), actor=actor(manager))
    case = a_case(lead, days_ago=5)
    assert lead.post(f"/alfa/crisis/{case.pk}/stays/new/", _told(theirs, 0, 3)).status_code == 422
    lead.post(f"/alfa/crisis/shelter/places/{theirs.pk}/end/", {"valid_to": f"{_day(0):%d.%m.%Y}"})
    theirs.refresh_from_db()
    assert theirs.valid_to is None
    assert "Dom 7" in lead.get(f"/alfa/crisis/shelter/places/?centre={own.pk}").content.decode()
    assert "Pokój 1" not in manager.get("/alfa/crisis/shelter/places/?centre=unit").content.decode()
    assert manager.get(f"/alfa/crisis/shelter/places/{place.pk}/end/").status_code == 404


def test_a_case_with_somebody_in_the_shelter_is_not_closed(lead: Any, place: ShelterPlace) -> None:
    case = a_case(lead, days_ago=20)
    stay = _stay(case, place, -5, 5, lead)
    told = {"closed_on": f"{_day(0):%d.%m.%Y}", "outcome": "balance"}
    refused = lead.post(f"/alfa/crisis/{case.pk}/close/", told)
    assert refused.status_code == 422 and "najpierw zakończ pobyt" in refused.content.decode()
    end_stay(stay, to_day=_day(0), actor=actor(lead))
    assert close_case(case, closed_on=_day(0), outcome="balance", actor=actor(lead)).state == "closed"


def test_the_start_page_warns_two_weeks_before_a_stay_ends(
    lead: Any, place: ShelterPlace, in_alfa: Any
) -> None:
    access = access_to_tenant(lead.user, in_alfa)

    def told(offset: int) -> list[tuple[str, str]]:
        return [(wait.kind, str(wait.title)) for wait in crisis_waiting(access, _day(offset))]

    case = a_case(lead, days_ago=5)
    _stay(case, place, 0, 40, lead)
    assert told(25) == []
    assert [kind for kind, title in told(26) if case.number in title] == ["warn"]
    assert [kind for kind, _title in told(41)] == ["must"]


def test_the_shelter_asks_a_constant_number_of_questions(lead: Any) -> None:
    counts = []
    lead.get("/alfa/crisis/shelter/")
    for number in range(3):
        its = add_place(None, name=f"Miejsce {number}", valid_from=_day(-9), actor=actor(lead))
        _stay(a_case(lead, days_ago=5), its, 0, 5, lead)
        for page in (f"?month={Month.of(_day(0))}", "places/"):
            with CaptureQueriesContext(connection) as queries:
                lead.get(f"/alfa/crisis/shelter/{page}")
            counts.append((page, len(queries)))
    assert len(set(counts)) == 2


def test_stays_and_places_come_in_pages(lead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.lists.page_of.__kwdefaults__", {"size": 2})
    for number in range(3):
        its = add_place(None, name=f"Miejsce {number}", valid_from=_day(-9), actor=actor(lead))
        _stay(a_case(lead, days_ago=5), its, 0, 5 + number, lead)
    for page in ("", "places/"):
        first = lead.get(f"/alfa/crisis/shelter/{page}").content.decode()
        second = lead.get(f"/alfa/crisis/shelter/{page}?page=2").content.decode()
        assert ["Miejsce 0" in first, "Miejsce 2" in first, "Miejsce 2" in second] == [True, False, True]
