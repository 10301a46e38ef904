"""Corrections of accepted months: what they may say, what refuses them, and what they hold closed."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from audit.models import Entry
from contracting.contracts.models import NamedStaff
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.compliance import actions as compliance
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.delivery.models import Visit
from reporting.settlement.actions import Correction, add_adjustment, adjusting, withdraw_adjustment
from reporting.settlement.models import AcceptedLine, Adjustment
from reporting.settlement.queries import accepted_lines_of, adjusted_between, adjustments_of
from tenants.models import Tenant
from tests.factories.care import WorkerFactory
from tests.racing import at_once, committed_tenant, committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.world import ACCOUNTANT, SettledWorld, accept, accepted_world, in_december

NOVEMBER = OCTOBER.next()
committing_db = committing


@pytest.fixture
def world(in_alfa: Tenant) -> SettledWorld:
    return accepted_world(in_alfa)


def correct(world: SettledWorld, minutes: int, **changed: Any) -> Adjustment:
    fields = {
        "visit_id": world.long.pk,
        "reason": "shorter",
        "words": "Opiekunka wyszła wcześniej",
        "carried_in": NOVEMBER,
    }
    told: Any = {"justification": "Zgoda kierowniczki", **fields, **changed}
    correction = Correction(minutes=minutes, **told)
    return add_adjustment(world.contract, OCTOBER, correction, actor=ACCOUNTANT)


def refused(code: str, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(DomainError) as caught, override("en"):
        correct(*args, **kwargs)
    assert caught.value.code == code
    with override("en"):
        return str(caught.value).replace("\xa0", " ")


def test_refused_minutes_find_their_visits(world: SettledWorld) -> None:
    lines = {line.visit: line for line in accepted_lines_of(world.month())}
    assert (lines[world.long.pk].refused, lines[world.long.pk].accepted) == (90, 120)
    assert (lines[world.short.pk].refused, lines[world.short.pk].accepted) == (0, 120)
    assert sum(line.accepted for line in lines.values()) == world.month().accepted_minutes


def test_a_correction_leaves_the_accepted_month_as_it_is(world: SettledWorld) -> None:
    before = world.month()
    made = correct(world, -30)
    after = world.month()
    assert (after.accepted_minutes, after.snapshot_sha256) == (
        before.accepted_minutes,
        before.snapshot_sha256,
    )
    assert (made.line.minutes, made.line.date, made.line.worker) == (120, world.long.date, world.worker.code)
    assert adjustments_of([world.over.pk, world.clean.pk], NOVEMBER) == {world.over.pk: -30}
    assert adjustments_of([world.over.pk], OCTOBER) == {}
    original = adjusted_between([world.over.pk], OCTOBER, OCTOBER, by_original=True)
    assert original == {(world.over.pk, OCTOBER): -30}
    entry = Entry.objects.filter(verb="add_adjustment").get()
    assert entry.payload is not None
    assert entry.payload["minutes"] == -30


def test_a_withdrawn_correction_counts_no_more(world: SettledWorld) -> None:
    made = correct(world, -120)
    gone = withdraw_adjustment(made, reason="Pomyłka", actor=ACCOUNTANT)
    assert gone.withdrawn_reason == "Pomyłka"
    assert adjustments_of([world.over.pk], NOVEMBER) == {}
    assert AcceptedLine.objects.get().adjusted_minutes == 0
    with pytest.raises(DomainError) as caught:
        withdraw_adjustment(made, reason="Jeszcze raz", actor=ACCOUNTANT)
    assert caught.value.code == "withdrawn_already"
    with pytest.raises(DomainError) as caught:
        withdraw_adjustment(correct(world, -10), reason=" ", actor=ACCOUNTANT)
    assert caught.value.code == "reason_missing"


def test_a_correction_larger_than_its_original_is_refused_in_a_sentence(world: SettledWorld) -> None:
    said = refused("larger_than_original", world, -121)
    assert said == (
        "The visit of 05.10.2026 was accepted with 2 h. A correction of −2 h 1 min is larger than the visit itself: "
        "correct it by at most its own length."
    )
    refused("larger_than_original", world, 121)
    correct(world, -100)
    assert "−1 h 40 min corrected already" in refused("larger_than_original", world, -21)
    correct(world, -20)
    assert AcceptedLine.objects.get().adjusted_minutes == -120


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("carrier_not_later", {"carried_in": OCTOBER}),
        ("carrier_not_later", {"carried_in": Month(2026, 9)}),
        ("carrier_outside", {"carried_in": Month(2030, 1)}),
        ("line_unknown", {"visit_id": new_id()}),
    ],
)
def test_what_a_correction_may_not_name(world: SettledWorld, code: str, changed: dict[str, Any]) -> None:
    refused(code, world, -10, **changed)
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "changed", "field"),
    [(0, {}, ""), (-5, {"words": "  "}, "words"), (-5, {"reason": "whim"}, "reason")],
)
def test_bad_input(world: SettledWorld, minutes: int, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        correct(world, minutes, **changed)
    assert field in {problem.field or "" for problem in caught.value.problems}
    assert not Adjustment.objects.exists()


def test_refused_minutes_do_not_come_back_without_a_word(world: SettledWorld) -> None:
    """The decision grants far more by now: that the minutes were refused is all that speaks against them."""
    Decision.objects.filter(pk=world.over.pk).update(minutes=6000)
    said = refused("justification_missing", world, 60, reason="longer", justification=" ")
    assert said.startswith(
        "Of this visit 1 h 30 min were refused when the month was accepted (beyond what was granted), and 1 h of them "
        "would be counted after all."
    )
    correct(world, -30)
    correct(world, 30, justification="")
    made = correct(world, 60, reason="longer")
    assert made.words.endswith("Zgoda kierowniczki")
    justified = Entry.objects.filter(verb="add_adjustment").order_by("pk").last()
    assert justified is not None and justified.payload is not None
    assert justified.payload["justified"] == ["refused_before"]


def test_a_longer_visit_is_asked_what_the_diary_was_asked(world: SettledWorld) -> None:
    Decision.objects.update(minutes=6000, activities=["shopping"])
    other: Any = WorkerFactory(organisation=world.organisation)
    NamedStaff.objects.create(contract=world.contract, worker=other)
    Visit.objects.filter(pk=world.short.pk).update(activities=["flying"])
    with pytest.raises(DomainError) as caught:
        correct(world, 10, visit_id=world.short.pk, justification="")
    assert caught.value.problems[0].value == "['S1', 'W2']"


def test_a_month_that_is_not_accepted_is_corrected_in_the_diary(world: SettledWorld) -> None:
    compliance.reopen_month(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
    refused("not_accepted", world, -10)


def test_an_accepted_month_carries_nothing_new_and_lets_nothing_go(world: SettledWorld) -> None:
    made = correct(world, -10)
    with in_december():
        compliance.submit_month(world.contract, NOVEMBER, actor=PROVIDER)
    correct(world, -5)
    points = [
        (one.code, one.subject)
        for one in answered_month(compare_month(NOVEMBER, contracts=[world.contract.pk]))
        if one.is_must
    ]
    compliance.justify_deviations(
        world.contract, NOVEMBER, points=points, reason="health", together=True, actor=DIRECTOR
    )
    with in_december():
        compliance.accept_month(world.contract, NOVEMBER, actor=DIRECTOR)
    refused("carrier_accepted", world, -10)
    with pytest.raises(DomainError) as caught:
        withdraw_adjustment(made, reason="Pomyłka", actor=ACCOUNTANT)
    assert caught.value.code == "carrier_accepted"


def test_a_corrected_month_is_not_opened_again(world: SettledWorld) -> None:
    made = correct(world, -10)
    with pytest.raises(DomainError) as caught:
        compliance.reopen_month(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
    assert caught.value.code == "month_corrected"
    assert world.month().state == "accepted"
    withdraw_adjustment(made, reason="Pomyłka", actor=ACCOUNTANT)
    compliance.reopen_month(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
    accept(world)
    assert correct(world, -10).line.minutes == 120


def test_the_database_holds_the_sum_too(world: SettledWorld) -> None:
    line = correct(world, -10).line
    with pytest.raises(IntegrityError), transaction.atomic():
        AcceptedLine.objects.filter(pk=line.pk).update(adjusted_minutes=-121)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.update(minutes=0)


@pytest.fixture
def committed(committing_db: None) -> Iterator[SettledWorld]:
    with committed_tenant("korekty", "Korekty") as tenant:
        yield accepted_world(tenant)


def test_of_two_who_correct_a_line_at_once_both_cannot_take_it_all(committed: SettledWorld) -> None:
    outcomes = at_once(committed.tenant, *[lambda: correct(committed, -70)] * 2)
    assert sorted(outcomes) == ["done", "larger_than_original"]
    with tenant_scope(committed.tenant):
        assert AcceptedLine.objects.get().adjusted_minutes == -70


def test_the_race_is_real(committed: SettledWorld) -> None:
    """With the months unlocked and the sum looked at in memory, the database's own rule is what is left."""
    import threading

    both = threading.Barrier(2)
    within = adjusting._require_within

    def look(line: AcceptedLine, minutes: int) -> None:
        within(line, minutes)
        both.wait(10)

    with tenant_scope(committed.tenant):
        correct(committed, -1)

    def unlocked(row: Any, visit_id: Any) -> AcceptedLine:
        line: AcceptedLine = AcceptedLine.objects.get(visit_id=visit_id)
        return line

    with (
        mock.patch.object(adjusting, "hold_months", side_effect=lambda *_args, **_named: committed.month()),
        mock.patch.object(adjusting, "_lock_line", unlocked),
        mock.patch.object(adjusting, "_require_within", look),
    ):
        assert at_once(committed.tenant, *[lambda: correct(committed, -70)] * 2) == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert Adjustment.objects.standing().count() == 3
