"""Drafts of calls: copies, templates, what a cycle decided, refusals that lose nothing, who may do what."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, FormOption, FundingSource, QualityIndicator, ScopeItem
from contracting.contracts.models import Tranche
from contracting.tenders.actions.calls import copy_call, create_from_cycle
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.models import Call
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, published_call, ready_draft
from tests.factories.agreements import granted_award
from tests.factories.care import ContractFactory, ServiceFactory
from tests.factories.commissioning import make_cycle, put_at

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def cycle_with(form: str | None) -> Cycle:
    """A cycle with scope, indicator and money of two years; the form chosen, where one is given."""
    service = ServiceFactory()
    cycle: Cycle = Cycle.objects.create(
        service=service,
        title="Usługi 2027–2028",
        period_from=date(2027, 1, 1),
        period_to=date(2028, 12, 31),
        places="Dom osoby",
    )
    ScopeItem.objects.create(
        cycle=cycle,
        activity=service.activities.get(code="shopping"),
        performer="carer",
        mode="together",
        times_week=Decimal(5),
        minutes_each=60,
        persons=3,
    )
    ScopeItem.objects.create(
        cycle=cycle, activity=service.activities.get(code="meals"), performer="family", mode="together",
        times_week=Decimal(7), minutes_each=30, persons=3,
    )  # fmt: skip
    QualityIndicator.objects.create(
        cycle=cycle,
        name="Wykonanie",
        unit="%",
        direction="at_least",
        target=Decimal(95),
        method="zestawienie",
    )
    for kind, amount in (("own_budget", "300000.00"), ("state_grant", "100000.00"), ("payments", "50000.00")):
        FundingSource.objects.create(cycle=cycle, year=2027, kind=kind, amount=Decimal(amount))
    if form:
        FormOption.objects.create(cycle=cycle, form=form, chosen=True, reason="najlepsza")
    return cycle


def test_a_call_takes_from_the_cycle_what_was_decided_before(in_alfa: Tenant) -> None:
    cycle = cycle_with("entrust")
    call = create_from_cycle(cycle, title="Konkurs", actor=DIRECTOR)
    assert (call.kind, call.cycle_id, call.service_id) == (Call.Kind.ENTRUST, cycle.pk, cycle.service_id)
    # Money of the organisation and of the persons is not the commune's to give.
    assert call.funds == Decimal("400000.00")
    assert (call.task_from, call.task_to) == (cycle.period_from, cycle.period_to)
    assert "Zakupy" in call.conditions and "po 1 h, dla 3 osób" in call.conditions.replace("\xa0", " ")
    assert "Wykonanie" in call.conditions
    assert "Dom osoby" in call.conditions
    lot = call.lots.get()
    # 5 × 60 min × 3 persons × 52 weeks / 12 = 3900 min a month, in 24 months; what the family does is not bought.
    assert (lot.funds, lot.minutes) == (Decimal("400000.00"), 24 * 3900)


def test_point_7_tells_the_signed_contracts_of_this_year_and_last_with_the_money_of_the_year(
    in_alfa: Tenant,
) -> None:
    year = local_date(timezone.now()).year
    cycle = cycle_with("entrust")

    def concluded(
        number: str, first: int, last: int, amount: str | None, service: Any = cycle.service
    ) -> Any:
        return ContractFactory(
            number=number,
            service=service,
            valid_from=date(first, 1, 1),
            valid_to=date(last, 12, 31),
            amount=Decimal(amount) if amount else None,
        )

    by_years = concluded("U/1", year, year + 1, "300000.00")
    for one, amount in ((year, "100000.00"), (year + 1, "200000.00")):
        Tranche.objects.create(contract=by_years, year=one, amount=Decimal(amount))
    concluded("U/2", year - 1, year - 1, "50000.00")
    concluded("U/3", year - 3, year - 1, "90000.00")
    concluded("U/4", year, year, None)
    concluded("U/5", year - 2, year - 2, "10000.00")
    concluded("U/6", year + 1, year + 1, "20000.00")
    concluded("U/7", year, year, "30000.00", ServiceFactory(code="other", name="Inna usługa"))
    # Decided, not signed: nothing of it was delivered.
    granted_award(by_years.organisation, number="K/9")
    with translation.override("pl"):
        lines = create_from_cycle(cycle, title="Konkurs", actor=DIRECTOR).earlier_tasks.split("\n")
    told = [(line[:4], line.split("umowa ")[1].split(")")[0], line.rsplit(", ", 1)[1]) for line in lines]
    whole = f"koszt całej umowy {year - 3}–{year - 1}: 90 000"
    assert [(day, number) for day, number, _cost in told] == [
        (str(year - 1), "U/3"),
        (str(year - 1), "U/2"),
        (str(year), "U/1"),
        (str(year), "U/4"),
    ]
    costs = [line.replace("\xa0", " ") for line in lines]
    for line, cost in zip(
        costs, (whole, "koszt 50 000,00 zł", "koszt 100 000,00 zł", "koszt do uzupełnienia"), strict=True
    ):
        assert cost in line


@pytest.mark.parametrize(("form", "code"), [(None, "form_not_chosen"), ("own", "form_without_call")])
def test_no_call_of_a_cycle_whose_form_needs_none(in_alfa: Tenant, form: str | None, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        create_from_cycle(cycle_with(form), title="Konkurs", actor=DIRECTOR)
    assert refusal.value.code == code
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "code"), [("support", None), ("entrust", "kind_not_chosen"), (None, "kind_not_chosen")]
)
def test_the_form_chosen_in_step_3_fixes_the_kind_that_is_published(
    in_alfa: Tenant, chosen: str | None, code: str | None
) -> None:
    call = ready_draft()
    cycle = put_at(make_cycle(call.service), steps.CONTRACTOR_CHOICE)
    if chosen:
        FormOption.objects.create(cycle=cycle, form=chosen, chosen=True, reason="najlepsza")
    Call.objects.filter(pk=call.pk).update(cycle_id=cycle.pk)
    if code is None:
        assert publish_call(call, actor=DIRECTOR).state == Call.State.PUBLISHED
        return
    with pytest.raises(DomainError) as refusal:
        publish_call(call, actor=DIRECTOR)
    assert refusal.value.code == code
    assert Call.objects.get().state == Call.State.DRAFT


def test_a_copy_keeps_everything_but_number_and_dates(in_alfa: Tenant) -> None:
    source = published_call()
    copy = copy_call(source, title="Usługi 2028", actor=DIRECTOR)
    assert (copy.number, copy.deadline, copy.task_from, copy.state) == (None, None, None, Call.State.DRAFT)
    assert copy.conditions == source.conditions
    assert copy.concept_questions == source.concept_questions
    assert [row.weight for row in copy.criteria.all()] == [40, 60]
    assert copy.lots.get().funds == source.lots.get().funds


def test_a_template_is_saved_and_a_call_made_of_it(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = ready_draft()
    assert director.post(f"/alfa/calls/{call.pk}/template/", {"title": "Wzór"}).status_code == 302
    with tenant_scope(alfa):
        template = Call.objects.templates().get()
        assert template.lots.exists()
    assert "Wzór" in director.get("/alfa/calls/templates/").content.decode()
    assert "Wzór" not in director.get("/alfa/calls/").content.decode()
    made = director.post("/alfa/calls/new/", {"title": "Nowy", "start": "template", "template": template.pk})
    with tenant_scope(alfa):
        new = Call.objects.get(title="Nowy")
        assert (new.is_template, new.copied_from_id, new.criteria.count()) == (False, template.pk, 2)
    assert made.url == f"/alfa/calls/{new.pk}/"
    assert director.post(f"/alfa/calls/{template.pk}/publish/").status_code == 302
    with tenant_scope(alfa):
        template.refresh_from_db()
    assert template.state == Call.State.DRAFT


def criteria_form(*weights: str) -> dict[str, str]:
    rows = {"criteria-TOTAL_FORMS": str(len(weights)), "criteria-INITIAL_FORMS": "0"}
    for place, weight in enumerate(weights):
        row = {"name": f"K{place}", "kind": "merit", "max_points": "10", "weight": weight, "excerpt": ""}
        rows |= {f"criteria-{place}-{name}": value for name, value in row.items()}
    return rows


def test_criteria_are_kept_half_done_and_publishing_asks_for_the_whole(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = ready_draft()
    address = f"/alfa/calls/{call.pk}/criteria/"
    answer = director.post(address, criteria_form("40", "50"), follow=True)
    assert "Wagi dają na razie 90 %" in answer.content.decode()
    with tenant_scope(alfa):
        assert [row.weight for row in call.criteria.all()] == [40, 50]
    publish = f"/alfa/calls/{call.pk}/publish/"
    assert "razem dają 90 %" in director.post(publish).content.decode()
    answer = director.post(address, criteria_form("40", "60"), follow=True)
    assert "na razie" not in answer.content.decode()
    # Without criteria the check list asks for them, and calls no weights right.
    with tenant_scope(alfa):
        call.criteria.all().delete()
    listed = director.get(publish).content.decode()
    assert "Wagi kryteriów dają 100 %" not in listed and "Kryteria: nie ma żadnego" in listed


@pytest.mark.parametrize("funds", ["0", "0,00"])
def test_funds_of_zero_are_refused(sign_in: SignIn, alfa: Tenant, funds: str) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = ready_draft()
    answer = director.post(f"/alfa/calls/{call.pk}/parameters/", {"funds": funds, "own_share_min": "5"})
    assert answer.status_code == 422
    assert "Środki muszą być większe od 0." in answer.content.decode()


def test_two_editors_of_a_section_learn_of_each_other(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = ready_draft()
    address = f"/alfa/calls/{call.pk}/files/"
    seen = director.get(address).context["form"]["seen"].value()
    assert director.post(address, {"required_files": "KRS", "seen": seen}).status_code == 302
    late = director.post(address, {"required_files": "Sprawozdanie", "seen": seen})
    assert late.status_code == 409
    assert "Sprawozdanie" in late.content.decode()
    with tenant_scope(alfa):
        call.refresh_from_db()
    assert call.required_files == ["KRS"]


def test_a_number_is_given_once(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        published_call(number="7/2027")
        draft = ready_draft(number="8/2027")
    answer = director.post(
        f"/alfa/calls/{draft.pk}/basics/", {"title": "X", "number": "7/2027", "kind": "support"}
    )
    assert answer.status_code == 422
    assert "Ten numer ma już inny konkurs" in answer.content.decode()


def test_an_hour_that_the_clocks_skip_is_refused(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = ready_draft()
    typed = {"own_share_min": "5", "deadline_day": "2027-03-28", "deadline_time": "02:30"}
    answer = director.post(f"/alfa/calls/{call.pk}/parameters/", typed)
    assert answer.status_code == 422
    assert "zegary pomijają tę godzinę" in answer.content.decode()


def test_the_record_tells_what_changed_but_no_contact(in_alfa: Tenant) -> None:
    ready_draft(contact="Jan Kontaktowy")
    told = str(list(Entry.objects.filter(verb="edit_call").values_list("payload", flat=True)))
    assert "600000.00" in told
    assert "contact" in told
    assert "Kontaktowy" not in told


def test_a_published_call_is_neither_edited_nor_discarded(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = published_call()
    answers: list[Any] = [
        director.post(f"/alfa/calls/{call.pk}/files/", {"required_files": "KRS"}),
        director.post(f"/alfa/calls/{call.pk}/discard/"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    with tenant_scope(alfa):
        call.refresh_from_db()
    assert call.required_files == ["Statut"]


def test_drafts_are_for_the_unit_only(sign_in: SignIn, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        draft, call = ready_draft(number="2/2027"), published_call()
    organisation = None
    for role, sees in (("coordinator", 200), ("accountant", 200), ("committee_member", 404)):
        client = sign_in(role, alfa, organisation)
        assert client.get(f"/alfa/calls/{draft.pk}/").status_code == sees, role
        assert client.get(f"/alfa/calls/{call.pk}/").status_code == 200, role


def test_only_the_director_publishes(sign_in: SignIn, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        draft = ready_draft()
    assert sign_in("coordinator", alfa).post(f"/alfa/calls/{draft.pk}/publish/").status_code == 403
    assert sign_in("director", alfa).post(f"/alfa/calls/{draft.pk}/publish/").status_code == 302
