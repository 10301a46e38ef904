"""A commune that changes county, voivodeship or kind on 1 January keeps the place that its old months had."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_month, send_from_new_place
from reporting.statistics.actions.receiving import receive
from reporting.statistics.actions.relocating import relocate_tenant
from reporting.statistics.batches.document import read
from reporting.statistics.desk.cuts import Cut, read_cut
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.figures import coming_month, region_figures
from reporting.statistics.models import Fact, FactsBatch, HeldFact, PushConsent, SavedReport
from reporting.statistics.reports import write_report
from tenants.models import Tenant, Territory
from tests.factories.care import ContractFactory, DecisionFactory
from tests.factories.facts import care_told, in_register, small_tenant
from tests.factories.people import OrganisationFactory
from tests.reporting.statistics.reader import findings_of_everything
from tests.reporting.statistics.sending_world import ACTOR, accept, quarter_of, results, signed

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY, FEBRUARY = date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
OLD, NEW = "3210013", "1219053"


def _place(tenant: Tenant, month: date) -> tuple[str, str]:
    fact = Fact.objects.current().get(tenant=tenant, period=month, indicator="care_persons", service="*")
    return fact.territory_id, fact.voivodeship_id


def _accepted(tenant: Tenant, month: date) -> None:
    with tenant_scope(tenant):
        contract = ContractFactory(valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31))
        accept([DecisionFactory(contract=contract) for _ in range(6)], month)
        push_month(month, actor=ACTOR)


def _relocate() -> str:
    said = StringIO()
    call_command("relocate_tenant", "alfa", NEW, "--from", "2026-01-01", stdout=said)
    return said.getvalue()


def test_old_months_stay_where_the_tenant_lay(alfa: Tenant) -> None:
    _accepted(alfa, DECEMBER)
    assert "2026-01-01" in _relocate()
    alfa.refresh_from_db()
    assert (alfa.territory_id, alfa.voivodeship_id) == (NEW, "12")
    _accepted(alfa, JANUARY)
    # A correction of December, made afterwards, belongs to the old place as well.
    _accepted(alfa, DECEMBER)
    assert FactsBatch.objects.get(tenant=alfa, period=DECEMBER, version=2).territory_id == OLD
    assert _place(alfa, DECEMBER) == (OLD, "32")
    assert _place(alfa, JANUARY) == (NEW, "12")


def test_a_month_sent_for_the_first_time_after_the_change_belongs_to_its_day(alfa: Tenant) -> None:
    _relocate()
    alfa.refresh_from_db()
    _accepted(alfa, DECEMBER)
    _accepted(alfa, FEBRUARY)
    assert (_place(alfa, DECEMBER)[0], _place(alfa, FEBRUARY)[0]) == (OLD, NEW)


def test_what_was_sent_before_the_move_was_recorded_is_sent_from_the_new_place(alfa: Tenant) -> None:
    """As it was told, in a version of its own; what is released already keeps the place that everybody has read."""
    for month in (DECEMBER, JANUARY, FEBRUARY):
        _accepted(alfa, month)
    for number, place in enumerate(("3210022", "3210032")):
        care_told(small_tenant(number, place), JANUARY, uslugi=30)
    publish("month", JANUARY, actor=ACTOR)
    before = FactsBatch.objects.get(tenant=alfa, period=FEBRUARY)
    _relocate()
    assert [_place(alfa, month) for month in (DECEMBER, JANUARY, FEBRUARY)] == [
        (OLD, "32"), (OLD, "32"), (NEW, "12"),
    ]  # fmt: skip
    again = FactsBatch.objects.get(tenant=alfa, period=FEBRUARY, version=2)
    assert read(again.document).content == read(before.document).content
    assert again.previous_sha256 == before.content_sha256
    # Nothing is left to send again.
    alfa.refresh_from_db()
    with tenant_scope(alfa):
        assert send_from_new_place(JANUARY, actor=ACTOR) == 0
        PushConsent.objects.filter(tenant=alfa).update(ended_at=timezone.now(), end_reason="x")
        assert send_from_new_place(JANUARY, actor=ACTOR) == 0


def test_each_region_counts_who_told_where_it_lies(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    """January stands in the old voivodeship, February is sent once more from the new one and not released yet."""
    for number, place in enumerate(("3210022", "1219063")):
        small_tenant(number, place)
    others = {one.territory_id: one for one in Tenant.objects.filter(slug__startswith="gmina-")}
    for month in (JANUARY, FEBRUARY):
        _accepted(alfa, month)
    FactsBatch.objects.update(pushed_at=datetime(2026, 2, 10, 12, tzinfo=UTC))
    for tenant in others.values():
        care_told(tenant, JANUARY, uslugi=30)
    publish("month", JANUARY, actor=ACTOR)
    _relocate()
    coming = {code: coming_month(code) for code in ("32", "12")}
    assert coming["32"] is None
    assert coming["12"] and (coming["12"].tenants, coming["12"].month.first) == (1, FEBRUARY)
    # The release of January has it where it lay then: the new voivodeship does not miss it.
    figures = {code: region_figures(code, Month.of(JANUARY)) for code in ("32", "12")}
    assert [len(figures[code].tenants) for code in ("32", "12")] == [2, 1]
    missed = [*figures["12"].silent, *figures["12"].waiting, *figures["32"].silent, *figures["32"].waiting]
    assert alfa.name not in missed
    assert figures["32"].in_time == 1
    # February counts as told in time where it lies now, by its first version.
    care_told(others["1219063"], FEBRUARY, uslugi=30)
    care_told(others["3210022"], FEBRUARY, uslugi=30)
    publish("month", FEBRUARY, actor=ACTOR)
    told = {code: region_figures(code, Month.of(FEBRUARY)) for code in ("32", "12")}
    assert [(len(told[code].tenants), told[code].in_time) for code in ("32", "12")] == [(1, 0), (2, 1)]


def test_a_confirmation_goes_along_to_the_new_place(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    """Nothing but the place has changed: what the director has said of a doubtful figure still holds."""
    director = sign_in("director", alfa)
    text = quarter_of(alfa, results(2001), results(2002, "publication"))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    said = HeldFact.objects.get(tenant=alfa, category="event")
    director.post(f"/alfa/statistics/held/{said.pk}/", {"note": "Rok kultury"})
    _relocate()
    batch = FactsBatch.objects.get(tenant=alfa, version=2)
    assert batch.territory_id == NEW
    assert list(Fact.objects.current().filter(tenant=alfa).values_list("category", "numerator")) == [
        ("event", 2001)
    ]
    kept = HeldFact.objects.get(batch=batch, category="event")
    said.refresh_from_db()
    for name in ("state", "note", "decided_at", "decided_by", "decided_by_name"):
        assert getattr(kept, name) == getattr(said, name)
    # What nobody has looked at waits in the version that holds now.
    waiting = HeldFact.objects.get(tenant=alfa, state=HeldFact.State.WAITING)
    assert (waiting.batch, waiting.category) == (batch, "publication")
    page = director.get(f"/alfa/statistics/batches/{batch.pk}/").content.decode()
    assert "potwierdzona przez samorząd" in page


@pytest.mark.parametrize(
    ("territory", "kind", "day", "code"),
    [
        (NEW, "commune", date(2026, 7, 1), "not_1_january"),
        (NEW, "commune", date(2099, 1, 1), "not_yet"),
        (OLD, "commune", JANUARY, "same_territory"),
        (NEW, "county", JANUARY, "wrong_territory"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    alfa: Tenant, territory: str, kind: str, day: date, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        relocate_tenant(alfa, Territory.objects.get(pk=territory), kind=kind, valid_from=day, actor=ACTOR)
    assert refused.value.code == code
    alfa.refresh_from_db()
    assert alfa.territory_id == OLD


def test_changes_are_recorded_in_order(alfa: Tenant) -> None:
    _relocate()
    with pytest.raises(CommandError):
        call_command("relocate_tenant", "alfa", OLD, "--from", "2025-01-01")
    with pytest.raises(CommandError):
        call_command("relocate_tenant", "alfa", "0000000", "--from", "2026-01-01")


def _care_of(place: str, month: date) -> int | None:
    """Persons in care of a place in a month as everybody reads it; None where nothing of it is released."""
    span = Span.of(Kind.MONTH, month)
    figure = read_cut(Cut("care_persons", (span,), places=(place,))).figure(place, span)
    return None if figure is None or figure.value is None else int(figure.value)


def test_figures_before_and_after_stand_in_the_sums_of_their_own_place(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """Alfa moves to another county and voivodeship, a neighbour changes its kind within its county."""
    stays = [small_tenant(number, place) for number, place in enumerate(("3210022", "1219063"))]
    changes = small_tenant(7, "3210042")
    with tenant_scope(alfa):
        contract = ContractFactory(valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31))
        decisions = [DecisionFactory(contract=contract) for _ in range(6)]

    def tell(month: date, *counts: int) -> None:
        with tenant_scope(alfa):
            accept(decisions, month)
            push_month(month, actor=ACTOR)
        for tenant, persons in zip((*stays, changes), counts, strict=True):
            care_told(tenant, month, uslugi=persons)
        publish("month", month, actor=ACTOR)

    tell(DECEMBER, 20, 30, 40)
    _relocate()
    in_register("3210043")
    relocate_tenant(
        changes, Territory.objects.get(pk="3210043"), kind="commune", valid_from=JANUARY, actor=ACTOR
    )
    alfa.refresh_from_db()
    changes.refresh_from_db()
    tell(JANUARY, 21, 31, 41)
    # County and voivodeship hold the tenant before, others after; the country holds everybody in both.
    before = {"3210": 6 + 20 + 40, "32": 66, "1219": 30, "12": 30, "PL": 96}
    after = {"3210": 21 + 41, "32": 62, "1219": 6 + 31, "12": 37, "PL": 99}
    for month, sums in ((DECEMBER, before), (JANUARY, after)):
        assert {place: _care_of(place, month) for place in sums} == sums
        assert _care_of(str(alfa.pk), month) == 6
    assert findings_of_everything() == []
    # Each region sees the tenant in the months in which it lay there; one that only changed its kind stays in its own.
    for voivodeship, month, names in (
        ("32", "2025-12", {alfa.name, stays[0].name, changes.name}),
        ("32", "2026-01", {stays[0].name, changes.name}),
        ("12", "2025-12", {stays[1].name}),
        ("12", "2026-01", {alfa.name, stays[1].name}),
    ):
        analyst = sign_in("regional_analyst", voivodeship=voivodeship)
        page = analyst.get(f"/region/{voivodeship}/", {"month": month})
        assert {cell.label for cell in page.context["cells"]} == names
        assert page.context["figures"].total.persons == (before if month == "2025-12" else after)[voivodeship]
        shown = analyst.get(
            f"/region/{voivodeship}/figures/",
            {"indicator": "care_persons", "period": month, "level": "county"},
        )
        # The map's tiles are the counties of the voivodeship in that month.
        assert shown.context["map"] is not None
        county = "3210" if voivodeship == "32" else "1219"
        assert {row.one.row.place for row in shown.context["rows"]} == {county}


def test_each_region_reads_the_tenant_in_its_own_periods_only(sign_in: Callable[..., Client]) -> None:
    """On the tenant's page, through time, in files and in reports, in both directions."""
    moves, *stay = [
        small_tenant(number, place) for number, place in enumerate(("3210022", "3210032", "1219063"))
    ]

    def tell(month: date, persons: int) -> None:
        for tenant, count in zip((moves, *stay), (persons, 31, 37), strict=True):
            care_told(tenant, month, uslugi=count)
        publish("month", month, actor=ACTOR)

    tell(DECEMBER, 41)
    in_register("1219073")
    relocate_tenant(
        moves, Territory.objects.get(pk="1219073"), kind="commune", valid_from=JANUARY, actor=ACTOR
    )
    moves.refresh_from_db()
    tell(JANUARY, 43)
    for voivodeship, own, other, persons, secret in (
        ("32", "2025-12", "2026-01", 41, 43),
        ("12", "2026-01", "2025-12", 43, 41),
    ):
        analyst = sign_in("regional_analyst", voivodeship=voivodeship)
        place = reverse("statistics:place", args=[voivodeship, moves.pk])
        for asked in ({}, {"period": own}, {"period": other}):
            page = analyst.get(place, {"kind": "month", **asked})
            assert [key for key, _name in page.context["periods"]] == [own]
            values = {
                str(line.figure.numerator) for _topic, lines in page.context["topics"] for line, _one in lines
            }
            assert str(persons) in values and str(secret) not in values
        assert not analyst.get(place, {"kind": "quarter"}).context["periods"]
        file = reverse("statistics:place_file", args=[voivodeship, moves.pk, "csv"])
        assert analyst.get(file, {"kind": "month", "period": own}).status_code == 200
        assert analyst.get(file, {"kind": "month", "period": other}).status_code == 404
        question = {"indicator": "care_persons", "view": "time", "place": str(moves.pk)}
        page = analyst.get(f"/region/{voivodeship}/figures/", {**question, "period": "2026-01"})
        table = page.context["table"]
        told = {str(span): table.figure(str(moves.pk), span) for span in table.cut.spans}
        assert told[own].numerator == persons and told[other] is None
        text = analyst.get(f"/region/{voivodeship}/figures/file/csv/", question).content.decode("utf-8-sig")
        report = SavedReport(voivodeship_id=voivodeship, query=page.context["asked"].query(), form="csv")
        written = write_report(report)
        assert written is not None and f"place={moves.pk}" in report.query
        for shown in (text, written.content.decode("utf-8-sig")):
            rows = {
                line.split(";")[2]: line.split(";")[3] for line in shown.splitlines() if moves.name in line
            }
            assert (rows[own], rows[other]) == (str(persons), "")


def test_a_correction_of_a_month_before_the_change_is_judged_in_its_old_place(alfa: Tenant) -> None:
    others = [small_tenant(number, place) for number, place in enumerate(("3210022", "3210032", "1219063"))]
    with tenant_scope(alfa):
        # What a public unit earns is no secret: else its contract alone would hold the correction back.
        contract = ContractFactory(
            organisation=OrganisationFactory(legal_form="public"),
            valid_from=date(2025, 1, 1),
            valid_to=date(2026, 12, 31),
        )
        decisions = [DecisionFactory(contract=contract) for _ in range(12)]
        accept(decisions[:6], DECEMBER)
        push_month(DECEMBER, actor=ACTOR)
    for tenant in others:
        care_told(tenant, DECEMBER, uslugi=30)
    publish("month", DECEMBER, actor=ACTOR)
    _relocate()
    alfa.refresh_from_db()
    for count, seen in ((10, 6), (12, 12)):
        with tenant_scope(alfa):
            ContractMonth.objects.all().delete()
            accept(decisions[:count], DECEMBER)
            push_month(DECEMBER, actor=ACTOR)
        publish("month", DECEMBER, actor=ACTOR)
        assert (_care_of(str(alfa.pk), DECEMBER), _care_of("3210", DECEMBER)) == (seen, 60 + seen)
        assert _care_of("1219", DECEMBER) == 30
    assert findings_of_everything() == []
