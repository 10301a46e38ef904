"""Cycles through HTTP: the list, beginning one, its track, its frame, and who may what."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning import actions, steps
from contracting.commissioning.models import Cycle, Step
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import (
    ACTOR,
    diagnose,
    make_cycle,
    make_draft,
    make_standard,
    put_at,
    states_of,
    step_of,
)
from tests.factories.people import partner

READERS = ["director", "coordinator", "social_worker", "benefits_worker", "inspector", "accountant"]


def _form(given: Any, **changes: str) -> dict[str, str]:
    return {
        "service": str(given.pk),
        "title": "Usługi 2027",
        "period_from": "2027-01-01",
        "period_to": "31.12.2027",
        "standard": "",
        "predecessor": "",
        "strategy_goal": "Cel 1",
        **changes,
    }


def test_a_cycle_of_more_than_ten_years_is_a_slip_and_is_told_its_last_possible_day(
    in_alfa: Any, sign_in: Any
) -> None:
    director, service = sign_in("director", in_alfa), make_cycle().service
    answer = director.post("/alfa/cycles/new/", _form(service, title="Wieczny", period_to="31.12.2099"))
    assert answer.status_code == 422
    assert "Wybierz 31.12.2036 albo wcześniejszy dzień" in answer.content.decode()
    longest = _form(service, title="Długi", period_to="31.12.2036")
    assert director.post("/alfa/cycles/new/", longest).status_code == 302


@pytest.mark.parametrize("role", READERS)
def test_people_of_the_unit_read_cycles(in_alfa: Any, sign_in: Any, role: str) -> None:
    cycle = make_cycle()
    client = sign_in(role, in_alfa)
    assert "Usługi opiekuńcze 2027" in client.get("/alfa/cycles/").content.decode()
    page = client.get(f"/alfa/cycles/{cycle.pk}/")
    assert [place.step.state for place in page.context["track"]] == ["open", *["waiting"] * 6]
    assert f"/alfa/cycles/{cycle.pk}/needs/" in page.content.decode()


@pytest.mark.parametrize("role", ["committee_member", "ngo_manager", "ngo_coordinator", "worker"])
def test_others_do_not(in_alfa: Any, sign_in: Any, role: str) -> None:
    cycle = make_cycle()
    organisation = partner(in_alfa) if role not in {"committee_member"} else None
    client = sign_in(role, in_alfa, organisation)
    for address in ("", f"{cycle.pk}/", f"{cycle.pk}/needs/", f"{cycle.pk}/steps/supervision/"):
        assert client.get(f"/alfa/cycles/{address}").status_code == 403


@pytest.mark.parametrize("role", ["social_worker", "benefits_worker", "inspector", "accountant"])
def test_readers_do_not_write(in_alfa: Any, sign_in: Any, role: str) -> None:
    cycle = diagnose(make_cycle())
    client = sign_in(role, in_alfa)
    writes = (
        "new/",
        f"{cycle.pk}/edit/",
        f"{cycle.pk}/abandon/",
        f"{cycle.pk}/close/",
        f"{cycle.pk}/steps/needs_diagnosis/pass/",
        f"{cycle.pk}/steps/needs_diagnosis/reopen/",
        f"{cycle.pk}/steps/needs_diagnosis/plan/",
        f"{cycle.pk}/needs/groups/",
    )
    for address in writes:
        assert client.post(f"/alfa/cycles/{address}", {"note": "x", "reason": "x"}).status_code == 403
    with tenant_scope(in_alfa):
        assert states_of(cycle)[0] == "open"
    page = client.get(f"/alfa/cycles/{cycle.pk}/needs/")
    assert page.context["editable"] is False and "/pass/" not in page.content.decode()


def test_beginning_a_cycle_makes_its_seven_steps(in_alfa: Any, sign_in: Any) -> None:
    service = ServiceFactory()
    standard = make_standard(service)
    client = sign_in("coordinator", in_alfa)
    answer = client.post("/alfa/cycles/new/", _form(service, standard=str(standard.pk)))
    assert answer.status_code == 302
    with tenant_scope(in_alfa):
        cycle = Cycle.objects.get()
        assert (cycle.period_to, cycle.standard_id, cycle.state) == (
            date(2027, 12, 31),
            standard.pk,
            "running",
        )
        assert list(cycle.steps.values_list("position", "kind")) == list(enumerate(steps.ORDER, start=1))
        entry = Entry.objects.get(verb="create_cycle")
        assert entry.subject_id == str(cycle.pk) and entry.payload["after"]["title"] == "Usługi 2027"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"period_from": "2027-02-30"}, "period_from"),
        ({"period_to": "2026-12-31"}, "period_to"),
        ({"period_to": "01.01.2037"}, "period_to"),
        ({"service": ""}, "service"),
        ({"title": "Usługi opiekuńcze 2027"}, "__all__"),
    ],
)
def test_refusals_name_the_field_and_save_nothing(
    in_alfa: Any, sign_in: Any, changes: dict[str, str], field: str
) -> None:
    cycle = make_cycle()
    answer = sign_in("director", in_alfa).post("/alfa/cycles/new/", _form(cycle.service, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with tenant_scope(in_alfa):
        assert Cycle.objects.count() == 1 and Step.objects.count() == 7


def test_a_cycle_takes_a_published_standard_of_its_own_service_only(in_alfa: Any, sign_in: Any) -> None:
    service = ServiceFactory()
    draft = make_draft(service, version=1)
    foreign = make_standard(ServiceFactory(code="advice", name="Poradnictwo"))
    client = sign_in("director", in_alfa)
    for standard in (draft, foreign):
        answer = client.post("/alfa/cycles/new/", _form(service, standard=str(standard.pk)))
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["standard"])
    with tenant_scope(in_alfa):
        assert not Cycle.objects.exists()


def test_an_earlier_cycle_has_one_successor_of_its_own_service(in_alfa: Any, sign_in: Any) -> None:
    earlier = make_cycle(title="Usługi 2026")
    make_cycle(title="Usługi 2027", predecessor=earlier)
    with pytest.raises(DomainError) as refusal:
        make_cycle(title="Usługi 2028", predecessor=earlier)
    assert [problem.field for problem in refusal.value.problems] == ["predecessor"]
    with pytest.raises(DomainError) as refusal:
        make_cycle(ServiceFactory(code="advice", name="Poradnictwo"), title="Porady", predecessor=earlier)
    assert refusal.value.code == "predecessor_unfit"


def test_the_frame_changes_once_for_two_editors(in_alfa: Any, sign_in: Any) -> None:
    cycle = make_cycle()
    client = sign_in("director", in_alfa)
    address = f"/alfa/cycles/{cycle.pk}/edit/"
    seen = client.get(address).context["form"].initial["seen"]
    changed = _form(cycle.service, title="Usługi 2027–2028", seen=seen)
    assert client.post(address, changed).status_code == 302
    late = client.post(address, _form(cycle.service, title="Inny tytuł", seen=seen))
    assert late.status_code == 409 and "Inny tytuł" in late.content.decode()
    with tenant_scope(in_alfa):
        assert Cycle.objects.get().title == "Usługi 2027–2028"
        assert list(Entry.objects.values_list("verb", flat=True)) == ["create_cycle", "edit_cycle"]


@pytest.mark.parametrize(
    ("passed", "change", "field"),
    [
        (steps.SCOPE, {}, None),
        (steps.FORM, {"standard": None}, "standard"),
        (steps.FINANCING, {"period_to": date(2028, 6, 30)}, None),
        (steps.CONTRACTOR_CHOICE, {"period_to": date(2028, 6, 30)}, "period_from"),
    ],
)
def test_what_a_passed_step_rests_on_is_fixed(
    in_alfa: Any, passed: str, change: dict[str, Any], field: str | None
) -> None:
    service = ServiceFactory()
    cycle = put_at(make_cycle(service, standard=make_standard(service)), passed)
    frame = {
        "title": "Nowy tytuł", "period_from": cycle.period_from, "period_to": cycle.period_to,
        "standard": cycle.standard, "strategy_goal": "", **change,
    }  # fmt: skip
    if field is None:
        actions.edit_cycle(cycle, **frame, actor=ACTOR)
    else:
        with pytest.raises(DomainError) as refusal:
            actions.edit_cycle(cycle, **frame, actor=ACTOR)
        assert (refusal.value.code, refusal.value.field) == ("fixed_by_step", field)
    cycle.refresh_from_db()
    assert (cycle.title == "Nowy tytuł") is (field is None)


def test_the_plan_of_a_step(in_alfa: Any, sign_in: Any) -> None:
    cycle = make_cycle()
    client = sign_in("coordinator", in_alfa)
    address = f"/alfa/cycles/{cycle.pk}/steps/scope/plan/"
    seen = client.get(address).context["form"].initial["seen"]
    form = {
        "owner_id": str(client.user.pk),
        "starts_on": "2026-10-01",
        "due_on": "2026-10-31",
        "ticks": ["division_of_tasks"],
        "seen": seen,
    }
    assert client.post(address, form | {"due_on": "2026-09-30"}).context["form"].errors["due_on"]
    assert (
        client.post(address, form | {"owner_id": "0190b0e6-0000-7000-8000-000000000000"}).status_code == 422
    )
    assert client.post(address, form | {"ticks": ["all_groups"]}).status_code == 422
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 409
    with tenant_scope(in_alfa):
        step = step_of(cycle, "scope")
        assert (step.owner_id, step.due_on, list(step.checklist)) == (
            client.user.pk, date(2026, 10, 31), ["division_of_tasks"],
        )  # fmt: skip
        made = step.checklist["division_of_tasks"]["at"]
        actions.plan_step(
            step, owner_id=None, starts_on=None, due_on=None,
            ticks=["talked_with_deliverers", "division_of_tasks"], actor=ACTOR,
        )  # fmt: skip
        assert step_of(cycle, "scope").checklist["division_of_tasks"]["at"] == made


def test_the_list_says_who_acts_next_and_what_is_late(in_alfa: Any, sign_in: Any) -> None:
    cycle = put_at(make_cycle(), steps.FINANCING)
    ended = make_cycle(title="Usługi 2020")
    actions.abandon_cycle(ended, reason="Próba", actor=ACTOR)
    client = sign_in("coordinator", in_alfa)
    late = timezone.localdate() - timedelta(days=1)
    with tenant_scope(in_alfa):
        Step.objects.filter(cycle=cycle, kind="financing").update(owner_id=client.user.pk, due_on=late)
    page = client.get("/alfa/cycles/")
    (row,) = page.context["page"]
    assert (row.step_kind, row.owner_name, row.due_on) == ("financing", client.user.full_name, late)
    assert "po terminie" in page.content.decode()
    assert [c.title for c in client.get("/alfa/cycles/?state=abandoned").context["page"]] == ["Usługi 2020"]
    assert len(client.get("/alfa/cycles/?state=all&sort=title").context["page"]) == 2
    assert not client.get("/alfa/cycles/?state=closed").context["page"]


def test_an_abandoned_cycle_never_changes_again(in_alfa: Any, sign_in: Any) -> None:
    cycle = diagnose(make_cycle())
    client = sign_in("director", in_alfa)
    base = f"/alfa/cycles/{cycle.pk}/"
    assert client.post(f"{base}abandon/", {"reason": " "}).status_code == 422
    assert client.post(f"{base}abandon/", {"reason": "Gmina łączy usługi"}).status_code == 302
    for address, form in {
        "abandon/": {"reason": "jeszcze raz"},
        "steps/needs_diagnosis/pass/": {"note": "x"},
        "steps/needs_diagnosis/plan/": {},
        "needs/groups/": {"rows-TOTAL_FORMS": "0", "rows-INITIAL_FORMS": "0"},
    }.items():
        answer = client.post(base + address, form)
        assert answer.status_code == 422, address
        assert "zakończony" in answer.content.decode(), address
    with tenant_scope(in_alfa):
        entry = Entry.objects.get(verb="abandon_cycle")
        assert entry.payload == {"reason": "Gmina łączy usługi"}
        assert states_of(cycle)[0] == "open" and cycle.groups.count() == 1


def test_another_tenants_cycle_is_not_there(alfa: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        cycle = make_cycle()
    client = sign_in("director", alfa)
    for page in ("", "edit/", "needs/", "evaluation/", "steps/scope/plan/"):
        assert client.get(f"/alfa/cycles/{cycle.pk}/{page}").status_code == 404


def test_query_counts_do_not_grow(in_alfa: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", in_alfa)
    client.get("/alfa/cycles/")
    counts = []
    for size in (3, 30):
        with tenant_scope(in_alfa):
            for number in range(Cycle.objects.count(), size):
                make_cycle(title=f"Cykl {number}")
        with django_assert_max_num_queries(25) as asked:
            client.get("/alfa/cycles/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
