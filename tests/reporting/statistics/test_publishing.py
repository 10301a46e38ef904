"""Publishing a period: the first release, those who come late, corrections, and the log of what was released."""

from datetime import date, timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.utils import timezone

from kernel.access import Actor
from reporting.statistics.actions import publishing
from reporting.statistics.actions.publishing import periods_to_publish, publish
from reporting.statistics.models import Contribution, FactsBatch, HeldFact, Release, ReleasedCell, Standing
from reporting.statistics.schedule import publish_due
from tenants.models import Organisation, Tenant
from tests.factories.facts import batch_of, care_told, fact_of, small_tenant
from tests.reporting.statistics.reader import findings_of_everything

SEPTEMBER = date(2026, 9, 1)
ACTOR = Actor.system("tests")
pytestmark = pytest.mark.django_db


def _publish() -> Release | None:
    return publish("month", SEPTEMBER, actor=ACTOR)


def _cell(place: object, part: str = "*", population: str = "care") -> ReleasedCell:
    row: ReleasedCell = ReleasedCell.objects.current().get(
        place=str(place), part=part, population=population, period=SEPTEMBER
    )
    return row


def _persons(place: object, part: str = "*") -> int | None:
    figures = _cell(place, part).figures
    return None if figures is None else int(figures["care_persons"][1])


@pytest.fixture
def tenants() -> list[Tenant]:
    """Six in two counties of one voivodeship."""
    return [small_tenant(number, f"040{1 + number % 2}0{number}2") for number in range(6)]


def _tell(tenants: list[Tenant], *counts: int) -> None:
    for tenant, count in zip(tenants, counts, strict=False):
        care_told(tenant, SEPTEMBER, uslugi=count)


def test_nothing_is_released_before_the_day(tenants: list[Tenant]) -> None:
    november = date(2026, 11, 1)
    care_told(tenants[0], november, uslugi=50)
    assert publish("month", november, actor=ACTOR) is None
    assert ("month", november) not in periods_to_publish(date(2026, 12, 19))
    assert ("month", november) in periods_to_publish(date(2026, 12, 20))


def test_a_release_holds_all_cells_and_hides_what_is_few(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 3, 20, 40, 50, 60)
    release = _publish()
    assert release is not None
    assert (release.number, release.joined, release.waiting) == (1, 6, 0)
    few = _cell(tenants[1].pk)
    assert (few.hidden, few.figures, few.shown_place, few.shown_part) == ("persons", None, "0402", "*")
    assert _persons("0402") == 103
    assert _persons("04") == _persons("PL") == 203
    # The county's other tenants protect it: either of them alone would know the difference.
    assert {_persons(tenants[3].pk), _persons(tenants[5].pk)} == {None}
    assert _cell(tenants[0].pk).figures["care_hours_granted"] == [1, "18000", None]
    assert release.hidden == ReleasedCell.objects.current().exclude(hidden="").count()
    assert _publish() is None


def test_a_zero_is_shown_as_zero(tenants: list[Tenant]) -> None:
    _tell(tenants, 0, 30, 20)
    _publish()
    assert _persons(tenants[0].pk) == 0


def test_a_late_tenant_with_many_persons_joins(tenants: list[Tenant]) -> None:
    _tell(tenants[:3], 30, 25, 20)
    _publish()
    care_told(tenants[3], SEPTEMBER, uslugi=40)
    second = _publish()
    assert second is not None
    assert (second.number, second.joined, second.previous_sha256) == (
        2,
        1,
        Release.objects.get(number=1).content_sha256,
    )
    assert _persons("04") == 115
    first = ReleasedCell.objects.get(place="04", part="*", population="care", current=False)
    assert first.release.number == 1


def test_a_late_tenant_with_few_persons_waits_until_others_hide_it(tenants: list[Tenant]) -> None:
    _tell(tenants[:2], 30, 25)
    _publish()
    care_told(tenants[2], SEPTEMBER, uslugi=3)
    assert _publish() is None
    assert (_persons("04"), Standing.objects.count()) == (55, 2)
    # With two others of its county its county's difference tells nothing.
    care_told(tenants[0], SEPTEMBER, uslugi=30)
    care_told(tenants[4], SEPTEMBER, uslugi=12)
    more = small_tenant(8, "0401082")
    care_told(more, SEPTEMBER, uslugi=14)
    second = _publish()
    assert second is not None
    assert (second.joined, second.waiting) == (3, 0)
    assert _persons("04") == 55 + 3 + 12 + 14
    assert _persons(tenants[2].pk) is None


def test_what_was_hidden_once_stays_hidden(tenants: list[Tenant]) -> None:
    _tell(tenants[:2], 3, 25)
    _publish()
    assert _persons("0401") is None
    care_told(tenants[2], SEPTEMBER, uslugi=40)
    assert _publish() is not None
    # 43 less the 40 that are shown now would be the 3.
    assert _persons("0401") is None
    assert _persons(tenants[2].pk) == 40


def test_a_small_correction_waits_and_a_gross_one_is_seen(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    _publish()
    care_told(tenants[0], SEPTEMBER, uslugi=31)
    assert _publish() is None
    care_told(tenants[0], SEPTEMBER, uslugi=45)
    second = _publish()
    assert second is not None
    assert (second.joined, second.corrected) == (0, 1)
    assert (_persons(tenants[0].pk), _persons("04")) == (45, 240)


def test_a_correction_to_few_persons_is_not_seen(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    _publish()
    care_told(tenants[0], SEPTEMBER, uslugi=4)
    assert _publish() is None
    care_told(tenants[0], SEPTEMBER)
    assert _publish() is not None
    assert _persons(tenants[0].pk) == 0


def test_a_month_taken_back_leaves_when_it_was_of_many(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    _publish()
    batch = care_told(tenants[0], SEPTEMBER)
    batch.facts.all().delete()
    second = _publish()
    assert second is not None
    assert not ReleasedCell.objects.current().filter(place=str(tenants[0].pk)).exists()
    assert _persons("04") == 195
    assert _publish() is None


def _held(batch: FactsBatch) -> HeldFact:
    held: HeldFact = HeldFact.objects.create(
        batch=batch, tenant=batch.tenant, indicator="care_hours_accepted", reason="jump"
    )
    return held


def _confirmed(held: HeldFact, minutes: int, persons: int) -> None:
    HeldFact.objects.filter(pk=held.pk).update(state="confirmed", note="Tak było", decided_at=timezone.now())
    fact_of(held.batch, "care_hours_accepted", minutes, persons=persons)


def test_whose_figure_is_held_joins_care_when_it_is_confirmed(tenants: list[Tenant]) -> None:
    """Hours granted less those accepted would else be of the one whose accepted ones are missing."""
    persons = (30, 3, 20, 9, 12, 60)
    batches = [
        care_told(tenant, SEPTEMBER, uslugi=count) for tenant, count in zip(tenants, persons, strict=True)
    ]
    held = {number: _held(batches[number]) for number in (0, 3)}
    for number in (1, 2, 4, 5):
        fact_of(batches[number], "care_hours_accepted", 500, persons=persons[number])
    for batch in batches:
        fact_of(batch, "providers", 1)
    _publish()
    assert _cell("04").figures["care_persons"][1] == str(3 + 20 + 12 + 60)
    assert not ReleasedCell.objects.filter(place=tenants[0].pk, population="care").exists()
    assert _cell("04", population="open").figures["providers"][1] == "6"
    assert _publish() is None
    _confirmed(held[0], 15000, 30)
    assert _publish() is not None
    assert _cell(tenants[0].pk).figures["care_hours_accepted"] == [1, "15000", None]
    assert _cell("04").figures["care_hours_accepted"] == [1, "17000", None]
    assert _cell("04").figures["care_persons"][1] == str(3 + 20 + 12 + 60 + 30)


def test_the_clock_releases_what_was_confirmed_while_the_queue_was_away(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    held = _held(FactsBatch.objects.get(tenant=tenants[0]))
    _publish()
    today = timezone.localdate()
    assert _persons("04") == 195
    assert periods_to_publish(today) == []
    _confirmed(held, 15000, 30)
    assert periods_to_publish(today) == [("month", SEPTEMBER)]
    assert publish_due() == 1
    assert _persons("04") == 225
    assert periods_to_publish(today) == []


def test_the_clock_releases_what_a_release_overtook(tenants: list[Tenant]) -> None:
    """A push is stored after a release that began later, whatever their clocks say, and its message is lost."""
    _tell(tenants, 30, 25, 20, 40, 50)
    release = _publish()
    assert release is not None
    today = timezone.localdate()
    assert periods_to_publish(today) == []
    batch = care_told(tenants[5], SEPTEMBER, uslugi=60)
    came = FactsBatch.objects.filter(pk=batch.pk)
    came.update(pushed_at=release.released_at - timedelta(hours=1))
    assert periods_to_publish(today) == [("month", SEPTEMBER)]
    assert publish_due() == 1
    assert _persons("04") == 225
    assert periods_to_publish(today) == []


def test_who_waits_for_others_is_not_computed_again_before_any_came(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50)
    _publish()
    # Alone its three persons would be the difference of two sums.
    care_told(tenants[5], SEPTEMBER, uslugi=3)
    today = timezone.localdate()
    assert periods_to_publish(today) == [("month", SEPTEMBER)]
    assert publish_due() == 0
    with mock.patch.object(publishing._Publication, "__init__", side_effect=AssertionError):
        assert (periods_to_publish(today), publish_due()) == ([], 0)


def test_a_figure_stands_only_in_sums_of_those_who_all_tell_it(tenants: list[Tenant]) -> None:
    batches = [
        care_told(tenant, SEPTEMBER, uslugi=count)
        for tenant, count in zip(tenants, (30, 40, 20, 9, 12, 60), strict=True)
    ]
    for batch in batches[1:]:
        fact_of(batch, "care_hours_accepted", 1000, persons=9)
    _publish()
    assert _cell(tenants[1].pk).figures["care_hours_accepted"] == [1, "1000", None]
    assert "care_hours_accepted" not in _cell("04").figures
    assert "care_hours_accepted" not in _cell("0401").figures
    assert _cell("0402").figures["care_hours_accepted"] == [1, "3000", None]
    again = care_told(tenants[0], SEPTEMBER, uslugi=30)
    fact_of(again, "care_hours_accepted", 15000, persons=30)
    assert _publish() is not None
    assert _cell("04").figures["care_hours_accepted"] == [1, "20000", None]


def test_a_providers_business_is_hidden_where_two_stand_behind_it(tenants: list[Tenant]) -> None:
    firms = [Organisation.objects.create(name=f"Firma {number}", legal_form="company") for number in range(4)]
    public = Organisation.objects.create(name="Zakład", legal_form="public")
    behind = [firms[:2], firms[:3], firms[1:], firms, firms, [public]]
    for tenant, paid in zip(tenants, behind, strict=True):
        batch = care_told(tenant, SEPTEMBER, uslugi=40)
        price = fact_of(batch, "hour_price", 1000 * len(paid), denominator=Decimal(1200))
        for firm in paid:
            Contribution.objects.create(
                fact=price,
                organisation=firm,
                legal_form=firm.legal_form,
                is_public=firm == public,
                value=1000,
            )
    _publish()
    population = "business:hour_price"
    assert _cell(tenants[0].pk, population=population).hidden == "providers"
    assert _cell(tenants[0].pk).hidden == ""
    assert _cell(tenants[5].pk, population=population).figures == {"hour_price": [1, "1000", "1200"]}
    assert _cell("04", population=population).figures["hour_price"][1] == "17000"


def _paid(tenant: Tenant, persons: int, *values: int) -> None:
    """A month of care and its price: what each of so many firms earned, always the same in the same order."""
    batch = care_told(tenant, SEPTEMBER, uslugi=persons)
    price = fact_of(batch, "hour_price", sum(values), denominator=Decimal(sum(values)))
    for number, value in enumerate(values):
        firm, _made = Organisation.objects.get_or_create(name=f"Firma {number}", legal_form="company")
        Contribution.objects.create(fact=price, organisation=firm, legal_form="company", value=value)


def _price(place: object) -> str | None:
    figures = _cell(place, population="business:hour_price").figures
    return None if figures is None else str(figures["hour_price"][1])


@pytest.fixture
def paying(tenants: list[Tenant]) -> Tenant:
    """One tenant beside five others, all of whose prices are those of three firms."""
    for tenant in tenants[1:]:
        _paid(tenant, 40, 1000, 1000, 1000)
    return tenants[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1000, 1000, 1000), (1000, 1000, 1000, 400)),
        ((1000, 1000, 1000, 400), (1000, 1000, 1000)),
        ((1000, 1000, 1000), (1000, 1000, 1400)),
        ((1000, 1000, 1000), (1000, 1300, 1400)),
        ((1000, 1000, 1000), (1000, 1000, 1000, 4000, 10, 10)),
    ],
    ids=["accepted later", "reopened", "one corrected", "two corrected", "one of three prevails"],
)
def test_a_correction_of_one_providers_business_is_not_seen(
    paying: Tenant, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    """The new figure less the old one, in the tenant and in every sum above it, would be that provider's."""
    _paid(paying, 40, *before)
    _publish()
    shown = {place: _price(place) for place in (paying.pk, "0401", "04", "PL")}
    assert shown[paying.pk] == str(sum(before)) and None not in shown.values()
    _paid(paying, 50, *after)
    assert _publish() is None
    assert {place: _price(place) for place in shown} == shown
    # Care would tell the hours of it.
    assert _persons(paying.pk) == 40


def test_a_correction_of_three_providers_is_seen(paying: Tenant) -> None:
    _paid(paying, 40, 1000, 1000, 1000)
    _publish()
    _paid(paying, 50, 1000, 1000, 1000, 400)
    assert _publish() is None
    _paid(paying, 50, 1000, 1000, 1000, 400, 300, 200)
    assert _publish() is not None
    assert (_price(paying.pk), _price("04"), _persons(paying.pk)) == ("3900", "18900", 50)


def test_two_corrections_do_not_show_together_what_one_of_them_must_not(paying: Tenant) -> None:
    """A month taken back and told again without one contract: the first version less the third is that contract."""
    _paid(paying, 40, 1000, 1000, 1000, 1000)
    _publish()
    care_told(paying, SEPTEMBER).facts.all().delete()
    assert _publish() is not None
    _paid(paying, 40, 1000, 1000, 1000)
    assert _publish() is None
    _paid(paying, 40, 1000, 1000, 1000, 1000)
    assert _publish() is not None
    assert (_price(paying.pk), _price("04")) == ("4000", "19000")
    assert Standing.objects.filter(tenant=paying).count() == 3
    assert Standing.objects.filter(tenant=paying, current=True).count() == 1


def test_two_gross_corrections_do_not_make_a_small_one(tenants: list[Tenant]) -> None:
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    _publish()
    care_told(tenants[0], SEPTEMBER, uslugi=45)
    assert _publish() is not None
    care_told(tenants[0], SEPTEMBER, uslugi=31)
    assert _publish() is None
    care_told(tenants[0], SEPTEMBER, uslugi=30)
    assert _publish() is not None
    assert _persons(tenants[0].pk) == 30


def test_prices_are_hidden_wherever_their_hours_are(tenants: list[Tenant]) -> None:
    for tenant, persons in zip(tenants, (3, 30, 25, 40, 50, 60), strict=True):
        fact_of(care_told(tenant, SEPTEMBER, uslugi=persons), "hour_price", 40 * persons, denominator=persons)
    _publish()
    hidden = set(
        ReleasedCell.objects.filter(population="care", part="*").exclude(hidden="").values_list("place")
    )
    prices = ReleasedCell.objects.filter(population="business:hour_price").exclude(hidden="")
    assert len(hidden) == 3
    assert set(prices.values_list("place")) == hidden


def test_figures_that_show_nobody_are_released_as_they_are(tenants: list[Tenant]) -> None:
    fact_of(batch_of(tenants[0], date(2026, 7, 1), "quarter"), "offers_per_call", 3, denominator=1)
    assert publish("quarter", date(2026, 7, 1), actor=ACTOR) is not None
    row = ReleasedCell.objects.get(place=str(tenants[0].pk))
    assert (row.kind, row.population, row.figures) == ("quarter", "open", {"offers_per_call": [1, "3", "1"]})


def test_corrections_that_cancel_each_other_out_change_tenants_and_no_sum(tenants: list[Tenant]) -> None:
    """One of a county has ten persons more and another ten fewer: their sums stay with the release they came in."""
    _tell(tenants, 30, 25, 20, 40, 50, 60)
    _publish()
    county = tenants[0].territory_id[:4]
    neighbour = next(one for one in tenants[1:] if one.territory_id.startswith(county))
    before, other = _persons(tenants[0].pk), _persons(neighbour.pk)
    assert before is not None and other is not None
    sums = {place: _persons(place) for place in (county, county[:2], "PL")}
    for change, seen in ((10, True), (13, False), (25, None)):
        care_told(tenants[0], SEPTEMBER, uslugi=before + change)
        care_told(neighbour, SEPTEMBER, uslugi=max(other - change, 1))
        release = _publish()
        if seen is None:
            # Fewer than five would be left of the neighbour: the other one is seen alone.
            assert release is not None and release.corrected == 1
            assert (_persons(tenants[0].pk), _persons(neighbour.pk)) == (before + 25, other - 10)
            assert _persons(county) == (sums[county] or 0) + 15
            continue
        # Three persons more and three fewer than was seen: neither is seen, though the sum would not show it.
        assert (release is not None) is seen
        assert release is None or (release.number, release.corrected) == (2, 2)
        assert (_persons(tenants[0].pk), _persons(neighbour.pk)) == (before + 10, other - 10)
        assert {place: _persons(place) for place in sums} == sums
        kept = ReleasedCell.objects.current().filter(place__in=sums, population="care", part="*")
        assert set(kept.values_list("release__number", flat=True)) == {1}
    assert findings_of_everything() == []
