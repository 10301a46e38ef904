"""Gates of steps: what shuts them, the note that passes them, opening again, and what is locked meanwhile."""

from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning import actions, contributions, steps
from contracting.commissioning.contributions import Check, Contribution, Link, contribute
from contracting.commissioning.models import CycleResource, Need, Step
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import (
    ACTOR,
    count_resource,
    diagnose,
    make_cycle,
    make_need,
    put_at,
    states_of,
    step_of,
)


@pytest.fixture
def own_gate(monkeypatch: Any) -> dict[str, bool]:
    """The fifth step waits for one thing that a test switches, as an app above would tell it."""
    switch = {"done": False}

    def provider(cycle: Any, access: Any) -> Contribution:
        check = Check("Wyłoniono wykonawcę", done=switch["done"], why="Rozstrzygnij konkurs.")
        return Contribution((check,), (Link("umowa", value="U/1"),))

    monkeypatch.setattr(contributions, "_PROVIDERS", {kind: [] for kind in steps.ORDER})
    contribute(Step.Kind.CONTRACTOR_CHOICE, provider)
    return switch


def test_the_diagnosis_needs_both_needs_and_resources(in_alfa: Any, sign_in: Any) -> None:
    cycle = make_cycle()
    client = sign_in("coordinator", in_alfa)
    address = f"/alfa/cycles/{cycle.pk}/steps/needs_diagnosis/pass/"

    def refused() -> int:
        with tenant_scope(in_alfa), pytest.raises(DomainError) as refusal:
            actions.pass_step(step_of(cycle, "needs_diagnosis"), note="Zgoda", actor=ACTOR)
        assert refusal.value.code == "gate_closed"
        return len(refusal.value.problems)

    assert refused() == 3
    with tenant_scope(in_alfa):
        make_need(cycle)
    assert refused() == 1
    assert client.post(address, {"note": "Zgoda"}).status_code == 422
    with tenant_scope(in_alfa):
        assert states_of(cycle)[0] == "open"
        Need.objects.all().delete()
        count_resource(cycle)
    assert refused() == 1
    with tenant_scope(in_alfa):
        make_need(cycle)
    answer = client.post(address, {"note": "  Zgoda kierownika \n"})
    assert answer.status_code == 302
    with tenant_scope(in_alfa):
        assert states_of(cycle) == ["passed", "open", *["waiting"] * 5]
        step = step_of(cycle, "needs_diagnosis")
        assert (step.note, step.passed_by, step.passed_by_name) == (
            "Zgoda kierownika", client.user.pk, client.user.full_name,
        )  # fmt: skip
        entry = Entry.objects.get(verb="pass_step")
        assert entry.payload["step"] == "needs_diagnosis" and "Zgoda" not in str(entry.payload)


def test_a_step_is_passed_with_a_note_only(in_alfa: Any, sign_in: Any) -> None:
    cycle = diagnose(make_cycle())
    client = sign_in("director", in_alfa)
    answer = client.post(f"/alfa/cycles/{cycle.pk}/steps/needs_diagnosis/pass/", {"note": "   "})
    assert answer.status_code == 422 and answer.context["form"].errors["note"]
    with pytest.raises(DomainError) as refusal, tenant_scope(in_alfa):
        actions.pass_step(step_of(cycle, "needs_diagnosis"), note=" ", actor=ACTOR)
    assert refusal.value.code == "note_missing"


def test_steps_are_passed_in_their_order(in_alfa: Any, own_gate: dict[str, bool]) -> None:
    cycle = make_cycle()
    with pytest.raises(DomainError) as refusal:
        actions.pass_step(step_of(cycle, "financing"), note="x", actor=ACTOR)
    assert refusal.value.code == "earlier_step_open"
    actions.pass_step(step_of(cycle, "needs_diagnosis"), note="x", actor=ACTOR)
    with pytest.raises(DomainError) as refusal:
        actions.pass_step(step_of(cycle, "needs_diagnosis"), note="x", actor=ACTOR)
    assert refusal.value.code == "wrong_state"


def test_the_evaluation_is_passed_by_closing_the_cycle(in_alfa: Any, sign_in: Any) -> None:
    cycle = put_at(make_cycle(), steps.EVALUATION)
    with pytest.raises(DomainError) as refusal:
        actions.pass_step(step_of(cycle, "evaluation"), note="x", actor=ACTOR)
    assert refusal.value.code == "close_the_cycle"
    answer = sign_in("director", in_alfa).get(f"/alfa/cycles/{cycle.pk}/steps/evaluation/pass/")
    assert answer.url == f"/alfa/cycles/{cycle.pk}/close/"


def test_other_apps_shut_and_open_a_gate(in_alfa: Any, own_gate: dict[str, bool]) -> None:
    cycle = put_at(make_cycle(), steps.CONTRACTOR_CHOICE)
    with pytest.raises(DomainError) as refusal:
        actions.pass_step(step_of(cycle, "contractor_choice"), note="Umowa U/1", actor=ACTOR)
    assert refusal.value.code == "gate_closed"
    own_gate["done"] = True
    actions.pass_step(step_of(cycle, "contractor_choice"), note="Umowa U/1", actor=ACTOR)
    assert states_of(cycle)[4:] == ["passed", "open", "waiting"]
    assert Entry.objects.filter(verb="pass_step").count() == 1


def test_what_other_apps_add_is_on_the_pages(in_alfa: Any, sign_in: Any, own_gate: dict[str, bool]) -> None:
    cycle = put_at(make_cycle(), steps.CONTRACTOR_CHOICE)
    client = sign_in("director", in_alfa)
    for address in ("", "steps/contractor_choice/"):
        page = client.get(f"/alfa/cycles/{cycle.pk}/{address}").content.decode()
        assert "Wyłoniono wykonawcę" in page and "Rozstrzygnij konkurs." in page and "U/1" in page


def test_a_provider_counts_once(own_gate: dict[str, bool]) -> None:
    def provider(cycle: Any, access: Any) -> Contribution:
        return Contribution((Check("x", done=False),))

    for _ in range(2):
        contribute(Step.Kind.SUPERVISION, provider)
    told = contributions.contribution_to("supervision", None, None)  # type: ignore[arg-type]
    assert len(told.items) == len(told.unmet) == 1


def test_opening_again_needs_a_reason_and_keeps_the_history(in_alfa: Any, sign_in: Any) -> None:
    cycle = put_at(diagnose(make_cycle()), steps.FINANCING)
    client = sign_in("director", in_alfa)
    address = f"/alfa/cycles/{cycle.pk}/steps/needs_diagnosis/reopen/"
    page = client.get(address)
    assert [place.step.kind for place in page.context["to_review"]] == ["scope", "form"]
    assert [place.step.kind for place in page.context["to_wait"]] == ["financing"]
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Nowa grupa: seksuolog"}).status_code == 302
    with tenant_scope(in_alfa):
        assert states_of(cycle) == ["open", "to_review", "to_review", *["waiting"] * 4]
        actions.pass_step(step_of(cycle, "needs_diagnosis"), note="Uzupełniono", actor=ACTOR)
        told = [(d.verb, d.note) for d in step_of(cycle, "needs_diagnosis").decisions.all()]
        assert told == [("reopened", "Nowa grupa: seksuolog"), ("passed", "Uzupełniono")]
        assert [d.verb for d in step_of(cycle, "scope").decisions.all()] == ["marked"]
        assert list(Entry.objects.values_list("verb", flat=True))[-2:] == ["reopen_step", "pass_step"]
    page = client.get(f"/alfa/cycles/{cycle.pk}/needs/").content.decode()
    assert "Nowa grupa: seksuolog" in page and "Uzupełniono" in page
    again = client.post(f"/alfa/cycles/{cycle.pk}/steps/scope/reopen/", {"reason": "x"})
    assert again.status_code == 422 and again.context["form"].errors


@pytest.mark.parametrize(("at", "code"), [("scope", "step_passed"), (None, "step_waiting")])
def test_what_a_step_holds_changes_only_while_it_is_in_work(
    in_alfa: Any, sign_in: Any, at: str | None, code: str
) -> None:
    cycle = diagnose(make_cycle())
    kind = "needs_diagnosis"
    if at is None:
        kind = "evaluation"
    else:
        put_at(cycle, at)
    with pytest.raises(DomainError) as refusal:
        actions.record_results(cycle, {}, actor=ACTOR) if at is None else actions.edit_needs(
            cycle, [], actor=ACTOR
        )
    assert refusal.value.code == code
    with tenant_scope(in_alfa):
        assert Need.objects.count() == 1 and CycleResource.objects.count() == 1
    page = sign_in("director", in_alfa).get(f"/alfa/cycles/{cycle.pk}/steps/{kind}/", follow=True)
    assert page.context["editable"] is False


def test_a_step_to_review_may_be_changed(in_alfa: Any) -> None:
    cycle = put_at(diagnose(make_cycle()), steps.FORM)
    actions.reopen_step(step_of(cycle, "needs_diagnosis"), reason="x", actor=ACTOR)
    assert actions.require_open_step(cycle, "scope").state == "to_review"
    with pytest.raises(DomainError) as refusal:
        actions.require_open_step(cycle, "form")
    assert refusal.value.code == "step_waiting"


def test_the_page_of_the_cycle_asks_the_same_whatever_it_holds(
    in_alfa: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    cycle = diagnose(make_cycle())
    client = sign_in("director", in_alfa)
    client.get(f"/alfa/cycles/{cycle.pk}/")
    counts: dict[str, list[int]] = {}
    for size in (2, 20):
        with tenant_scope(in_alfa):
            for number in range(size):
                need = make_need(cycle, name=f"Potrzeba {size}-{number}")
                count_resource(cycle, need=need, institution=f"Klub {size}-{number}")
        for address in ("", "needs/", "needs/needs/", "needs/resources/", "close/"):
            with django_assert_max_num_queries(60) as asked:
                assert client.get(f"/alfa/cycles/{cycle.pk}/{address}").status_code == 200
            counts.setdefault(address, []).append(len(asked))
    assert {address: len(set(found)) for address, found in counts.items()} == dict.fromkeys(counts, 1), counts
