"""The close of months: what is refused, what freezes, what thaws, what the region is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth, Resolution, ReturnedLine
from reporting.compliance.snapshots import digest_of
from reporting.delivery.models import FrozenMonth
from reporting.statistics.models import Fact
from tenants.models import Tenant
from tests.factories.care import visit
from tests.factories.facts import told_of_care
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)


@pytest.fixture
def world(in_alfa: Tenant) -> ClosingWorld:
    return build_world(in_alfa)


def _submit(world: ClosingWorld) -> ContractMonth:
    return actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)


def _justify(world: ClosingWorld, code: str = "H1") -> Resolution:
    one = world.one(code)
    [made] = actions.justify_deviations(
        world.contract, OCTOBER, points=[(one.code, one.subject)], reason="urgent", actor=DIRECTOR
    )
    return made


def test_the_world_shows_what_it_says(world: ClosingWorld) -> None:
    assert [one.code for one in world.answered()] == ["D4", "D4", "D4", "H1"]
    assert [one.is_must for one in world.answered()] == [False, False, False, True]


def test_a_month_handed_in_is_frozen_and_noted_once(world: ClosingWorld) -> None:
    row = _submit(world)
    assert row.state == "submitted"
    assert row.submitted_by_name == "Anna Koordynator"
    assert FrozenMonth.objects.get().month == date(2026, 10, 1)
    entry = Entry.objects.latest("sequence")
    assert entry.verb == "submit_month"
    assert entry.payload["state"] == {"old": "open", "new": "submitted"}
    assert Entry.objects.count() == 1


def test_a_month_that_lasts_cannot_be_handed_in(world: ClosingWorld) -> None:
    last_day = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)  # 23:59 in Warsaw
    late = mock.patch("django.utils.timezone.now", return_value=last_day)
    with late, pytest.raises(DomainError) as refused:
        _submit(world)
    assert refused.value.code == "month_not_ended"
    assert not ContractMonth.objects.exists()
    assert not FrozenMonth.objects.exists()
    assert not Entry.objects.exists()
    with mock.patch("django.utils.timezone.now", return_value=datetime(2026, 10, 31, 23, tzinfo=UTC)):
        assert _submit(world).state == "submitted"


def test_a_month_outside_the_contract_is_refused(world: ClosingWorld) -> None:
    with pytest.raises(DomainError) as refused:
        actions.submit_month(world.contract, Month(2025, 12), actor=PROVIDER)
    assert refused.value.code == "outside_contract"
    assert "12.2025" in str(refused.value)


def test_acceptance_waits_for_every_explanation(world: ClosingWorld) -> None:
    _submit(world)
    with pytest.raises(DomainError) as refused:
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    assert refused.value.code == "open_deviations"
    [problem] = refused.value.problems
    assert problem.code == "open_H1"
    assert world.over.number in str(problem.message)
    row = ContractMonth.objects.get()
    assert row.state == "submitted"
    assert row.snapshot is None
    assert row.accepted_minutes is None
    assert not Fact.objects.exists()


def test_an_accepted_month_is_frozen_with_its_hash_and_told_to_the_region(world: ClosingWorld) -> None:
    _submit(world)
    resolution = _justify(world)
    assert not world.one("H1").is_open
    row = actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    stored = ContractMonth.objects.get()
    assert stored.state == "accepted"
    assert stored.accepted_minutes == 330
    assert stored.snapshot_sha256 == digest_of(stored.snapshot) == row.snapshot_sha256
    assert [one["number"] for one in stored.snapshot["decisions"]] == [
        world.clean.number,
        world.over.number,
    ]
    assert stored.snapshot["contracts"][0]["delivered_minutes"] == 330
    [answer] = stored.snapshot["resolutions"]
    assert (answer["code"], answer["reason"], answer["subject"]) == ("H1", "urgent", resolution.subject)
    assert "Łącka" not in str(stored.snapshot)
    assert told_of_care(world.tenant, OCTOBER.first) == (2, 240, 330)
    entry = Entry.objects.get(verb="accept_month")
    assert entry.payload["snapshot_sha256"] == stored.snapshot_sha256
    with pytest.raises(DomainError) as refused:
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    assert refused.value.code == "wrong_state"


def test_answers_of_an_accepted_month_are_frozen(world: ClosingWorld) -> None:
    _submit(world)
    resolution = _justify(world)
    actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    note = world.one("D4")
    with pytest.raises(DomainError) as late:
        actions.acknowledge_deviations(world.contract, OCTOBER, points=[("D4", note.subject)], actor=DIRECTOR)
    with pytest.raises(DomainError) as withdrawn:
        actions.withdraw_resolution(resolution, actor=DIRECTOR)
    assert late.value.code == withdrawn.value.code == "month_accepted"
    assert Resolution.objects.count() == 1


def test_reopening_thaws_and_takes_the_facts_back(world: ClosingWorld) -> None:
    _submit(world)
    _justify(world)
    accepted = actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    row = actions.reopen_month(world.contract, OCTOBER, reason="Brak wizyty z 12.10", actor=DIRECTOR)
    assert row.state == "returned"
    assert row.return_reason == "Brak wizyty z 12.10"
    stored = ContractMonth.objects.get()
    assert (stored.snapshot, stored.snapshot_sha256, stored.accepted_minutes) == (None, "", None)
    assert not FrozenMonth.objects.exists()
    assert not Fact.objects.filter(tenant=world.tenant, current=True).exists()
    entry = Entry.objects.get(verb="reopen_month")
    assert entry.payload["snapshot_sha256"] == accepted.snapshot_sha256


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_return_needs_a_reason_that_fits(world: ClosingWorld, reason: str) -> None:
    _submit(world)
    with pytest.raises(DomainError) as refused:
        actions.return_month(world.contract, OCTOBER, reason=reason, actor=DIRECTOR)
    assert refused.value.field == "reason"
    assert ContractMonth.objects.get().state == "submitted"
    assert FrozenMonth.objects.exists()


def test_a_returned_month_thaws_whole_or_by_line_and_can_be_handed_in_again(world: ClosingWorld) -> None:
    _submit(world)
    line = actions.LineToReturn(world.over.pk, "hours")
    actions.return_month(world.contract, OCTOBER, lines=[line], actor=DIRECTOR)
    assert FrozenMonth.objects.get().open_decisions == [world.over.pk]
    assert ReturnedLine.objects.get().handed_in_at is None
    assert Entry.objects.get(verb="return_month").payload["reasons"] == ["hours"]
    with pytest.raises(DomainError) as refused:
        _submit(world)
    assert refused.value.code == "line_unanswered"
    answers = {world.over.pk: "Tyle trwała wizyta"}
    row = actions.submit_month(world.contract, OCTOBER, answers=answers, actor=PROVIDER)
    assert row.state == "submitted"
    assert FrozenMonth.objects.get().open_decisions == []
    assert ReturnedLine.objects.get().handed_in_at == ContractMonth.objects.get().submitted_at
    actions.return_month(world.contract, OCTOBER, reason="Jeszcze raz", actor=DIRECTOR)
    assert not FrozenMonth.objects.exists()
    assert ContractMonth.objects.get().return_reason == "Jeszcze raz"


def test_a_decision_of_another_month_does_not_go_back(world: ClosingWorld) -> None:
    _submit(world)
    line = actions.LineToReturn(new_id(), "hours")
    with pytest.raises(DomainError) as refused:
        actions.return_month(world.contract, OCTOBER, lines=[line], actor=DIRECTOR)
    assert (refused.value.code, refused.value.field) == ("not_in_month", "lines")
    assert ContractMonth.objects.get().state == "submitted" and not ReturnedLine.objects.exists()


@pytest.mark.parametrize("reason", ["other", "weather"])
def test_a_line_needs_a_known_reason_and_other_needs_a_note(world: ClosingWorld, reason: str) -> None:
    _submit(world)
    line = actions.LineToReturn(world.over.pk, reason, " ")
    with pytest.raises(DomainError) as refused:
        actions.return_month(world.contract, OCTOBER, lines=[line], actor=DIRECTOR)
    assert refused.value.code == "invalid"
    assert ContractMonth.objects.get().state == "submitted" and not ReturnedLine.objects.exists()


@pytest.mark.parametrize("verb", ["return", "accept", "reopen"])
def test_verbs_refuse_a_month_that_nobody_handed_in(world: ClosingWorld, verb: str) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "return": lambda: actions.return_month(world.contract, OCTOBER, reason="x", actor=DIRECTOR),
        "accept": lambda: actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR),
        "reopen": lambda: actions.reopen_month(world.contract, OCTOBER, reason="x", actor=DIRECTOR),
    }
    with pytest.raises(DomainError) as refused:
        calls[verb]()
    assert refused.value.code == "wrong_state"
    assert not ContractMonth.objects.exists()
    assert not Entry.objects.exists()


def test_a_must_takes_a_reason_and_a_note_takes_notice(world: ClosingWorld) -> None:
    must, note = world.one("H1"), world.one("D4")
    with pytest.raises(DomainError) as acknowledged:
        actions.acknowledge_deviations(world.contract, OCTOBER, points=[("H1", must.subject)], actor=DIRECTOR)
    assert acknowledged.value.code == "justify_instead"
    for reason, text, field in (("", "", "reason"), ("weather", "", "reason"), ("other", " ", "note")):
        with pytest.raises(DomainError) as refused:
            actions.justify_deviations(
                world.contract,
                OCTOBER,
                points=[("H1", must.subject)],
                reason=reason,
                note=text,
                actor=DIRECTOR,
            )
        assert refused.value.field == field
    assert not Resolution.objects.exists()
    actions.acknowledge_deviations(world.contract, OCTOBER, points=[("D4", note.subject)], actor=DIRECTOR)
    assert actions.acknowledge_notes(world.contract, OCTOBER, decision_id=world.over.pk, actor=DIRECTOR) == 2
    assert Resolution.objects.filter(kind="acknowledged").count() == 3
    assert not any(one.is_open for one in world.answered() if not one.is_must)


def test_an_answer_is_given_once_and_can_be_taken_back(world: ClosingWorld) -> None:
    resolution = _justify(world)
    with pytest.raises(DomainError) as again:
        _justify(world)
    assert again.value.code == "answered_already"
    assert again.value.status == 409
    actions.withdraw_resolution(resolution, actor=DIRECTOR)
    actions.withdraw_resolution(resolution, actor=DIRECTOR)
    assert not Resolution.objects.exists()
    assert world.one("H1").is_open
    assert [entry.verb for entry in Entry.objects.order_by("sequence")] == [
        "justify_deviations",
        "withdraw_resolution",
    ]


def test_several_deviations_are_answered_at_once_with_one_line_of_the_record(world: ClosingWorld) -> None:
    visit(world.over, world.worker, date(2026, 10, 7), "10:00", 60, activities=["gardening"])
    musts = [(one.code, one.subject) for one in world.answered() if one.is_must]
    assert [code for code, _ in musts] == ["H1", "S1"]
    made = actions.justify_deviations(
        world.contract,
        OCTOBER,
        points=musts,
        reason="agreed",
        note=" Ustalone ",
        together=True,
        actor=DIRECTOR,
    )
    assert [(one.code, one.reason, one.note, one.decision_id) for one in made] == [
        ("H1", "agreed", "Ustalone", world.over.pk),
        ("S1", "agreed", "Ustalone", world.over.pk),
    ]
    assert not any(one.is_open for one in world.answered() if one.is_must)
    [entry] = Entry.objects.all()
    assert entry.verb == "justify_deviations"
    assert [(one["code"], one["subject"]) for one in entry.payload["points"]] == musts


def test_of_several_answers_all_are_saved_or_none(world: ClosingWorld) -> None:
    must, note = world.one("H1"), world.one("D4")
    for points, code, kind in (
        ([("H1", must.subject), ("S1", "visit:1#2")], "not_found", DomainError),
        ([("H1", must.subject), ("D4", note.subject)], "acknowledge_instead", DomainError),
        ([], "nothing_chosen", DomainError),
    ):
        with pytest.raises(kind) as refused:
            actions.justify_deviations(
                world.contract, OCTOBER, points=points, reason="urgent", together=True, actor=DIRECTOR
            )
        assert [problem.code for problem in refused.value.problems] == [code]
        assert refused.value.problems[0].field == "chosen"
    assert not Resolution.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("model", [ContractMonth, Resolution])
def test_the_database_keeps_months_by_their_first_day(world: ClosingWorld, model: Any) -> None:
    _justify(world)
    with pytest.raises(IntegrityError, match="first_day"), transaction.atomic():
        model.objects.update(month=date(2026, 10, 2))


def test_an_answer_does_not_cover_what_the_deviation_became(world: ClosingWorld) -> None:
    _justify(world)
    visit(world.over, world.worker, date(2026, 10, 6), "10:00", 60)
    assert world.one("H1").deviation.minutes == 150
    assert world.one("H1").is_open
    _submit(world)
    with pytest.raises(DomainError) as refused:
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    assert {problem.code for problem in refused.value.problems} == {"open_H1"}
