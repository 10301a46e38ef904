"""Step 5 of cycles whose contractor is chosen elsewhere: what is recorded, the gate, and what steps 6 and 7 compare."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, FormOption
from contracting.contracts.models import Arrangement
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.models import Call
from kernel.tenancy import public_scope, tenant_scope
from reporting.compliance.models import ContractMonth
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, prove, ready_draft
from tests.factories.care import ContractFactory
from tests.factories.commissioning import make_cycle, put_at, states_of
from tests.factories.people import OrganisationFactory, partner

SignIn = Callable[..., Client]
# The period of the cycle has begun: what is recorded has happened.
PERIOD = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
OUTCOME = {
    "mode": "basic",
    "notice_number": "2026/BZP 00012345/01",
    "decided_on": "05.01.2026",
    "signed_on": "12.01.2026",
    "value": "310 000,50 zł",
}


@pytest.fixture
def firm(alfa: Tenant) -> Organisation:
    with public_scope():
        return partner(alfa, name="Opieka Domowa sp. z o.o.", nip="5252248481")


def cycle_at_choice(tenant: Tenant, form: str) -> Cycle:
    with tenant_scope(tenant):
        cycle = put_at(make_cycle(**PERIOD), steps.CONTRACTOR_CHOICE)
        FormOption.objects.create(cycle=cycle, form=form, chosen=True, reason="najlepsza")
    return cycle


def text_of(answer: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&quot;", '"')
    return " ".join(words.replace("\xa0", " ").split())


def record(client: Client, cycle: Cycle, **data: Any) -> Any:
    return client.post(f"/alfa/cycles/{cycle.pk}/contractor/record/", data)


def pass_step_5(client: Client, cycle: Cycle) -> Any:
    return client.post(f"/alfa/cycles/{cycle.pk}/steps/contractor_choice/pass/", {"note": "Zgoda"})


def place_of(tenant: Tenant, cycle: Cycle) -> str:
    """The state of step 5."""
    with tenant_scope(tenant):
        return states_of(cycle)[4]


def test_own_delivery_passes_with_the_record_of_who_delivers(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "own")
    refused = pass_step_5(director, cycle)
    assert refused.status_code == 422 and "Zapisz, kto w jednostce świadczy usługę" in text_of(refused)
    page = director.get(f"/alfa/cycles/{cycle.pk}/contractor/record/")
    assert "organisation" not in page.context["form"].fields and "art. 17 ust. 1 pkt 11" in text_of(page)
    lacking = record(director, cycle, deliverer=" ", valid_from="01.01.2026")
    assert lacking.status_code == 422
    assert set(lacking.context["form"].errors) == {"deliverer", "note"}
    saved = record(
        director, cycle, deliverer="Dział usług opiekuńczych", valid_from="01.01.2026", note="Zarządzenie 4"
    )
    assert saved.status_code == 302
    shown = text_of(director.get(saved.url))
    assert "Dział usług opiekuńczych" in shown and "Zarządzenie 4" in shown and "od 1 stycznia 2026" in shown
    assert pass_step_5(director, cycle).status_code == 302
    assert place_of(alfa, cycle) == "passed"
    with tenant_scope(alfa):
        entry = Entry.objects.get(verb="record_arrangement")
        assert (entry.payload["form"], entry.payload["before"]) == ("own", None)


def test_a_procurement_passes_with_its_outcome(alfa: Tenant, sign_in: SignIn, firm: Organisation) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "procurement")
    page = text_of(director.get(f"/alfa/cycles/{cycle.pk}/contractor/record/"))
    assert "nie prowadzi postępowań według Prawa zamówień publicznych" in page and "NIP 5252248481" in page
    assert pass_step_5(director, cycle).status_code == 422
    assert record(director, cycle, **OUTCOME, organisation=str(firm.pk)).status_code == 302
    with tenant_scope(alfa):
        row = Arrangement.objects.get()
        assert (row.value, row.contractor, row.worth) == (Decimal("310000.50"), firm, Decimal("310000.50"))
    step = text_of(director.get(f"/alfa/cycles/{cycle.pk}/steps/contractor_choice/"))
    assert "Opieka Domowa sp. z o.o." in step and "bez niej etap 6 nie ma czego porównywać" in step
    assert pass_step_5(director, cycle).status_code == 302
    later = director.get(f"/alfa/cycles/{cycle.pk}/contractor/record/")
    assert later.status_code == 302, "a passed step records nothing"


@pytest.mark.parametrize(("mode", "kind"), [("own_rules", "warn"), ("basic", "note")])
def test_own_rules_above_the_threshold_of_the_act_are_warned_of(
    alfa: Tenant, sign_in: SignIn, firm: Organisation, mode: str, kind: str
) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "procurement")
    saved = record(director, cycle, **{**OUTCOME, "mode": mode}, organisation=str(firm.pk))
    page = director.get(saved.url)
    assert "310 000,50 zł osiąga próg stosowania ustawy, 170 000,00 zł" in text_of(page)
    notice = page.content.decode().split("osiąga próg")[0].rsplit('class="notice ', 1)[1]
    assert notice.startswith(f"notice-{kind}")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"value": "0"}, "value", "Wartość umowy jest większa niż 0"),
        ({"value": ""}, "value", "Podaj wartość umowy"),
        ({"mode": ""}, "mode", "Wybierz tryb"),
        ({"signed_on": "04.01.2026"}, "signed_on", "Umowę zawarto przed wyborem"),
        ({"signed_on": "31.12.2099"}, "signed_on", "Ten dzień jeszcze nie nadszedł"),
        ({"organisation": ""}, "organisation", "Wybierz organizację albo umowę"),
    ],
)
def test_a_wrong_outcome_is_refused_at_its_field(
    alfa: Tenant,
    sign_in: SignIn,
    firm: Organisation,
    changes: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    cycle = cycle_at_choice(alfa, "procurement")
    client = sign_in("coordinator", alfa)
    answer = record(client, cycle, **{**OUTCOME, "organisation": str(firm.pk), **changes})
    assert answer.status_code == 422 and sentence in str(answer.context["form"].errors[field])
    with tenant_scope(alfa):
        assert (
            not Arrangement.objects.exists() and not Entry.objects.filter(verb="record_arrangement").exists()
        )


def test_a_contractor_without_a_nip_or_from_elsewhere_is_refused(alfa: Tenant, sign_in: SignIn) -> None:
    with public_scope():
        nameless, stranger = partner(alfa, nip=None), OrganisationFactory(nip="7740001454")
    cycle = cycle_at_choice(alfa, "procurement")
    client = sign_in("director", alfa)
    answer = record(client, cycle, **OUTCOME, organisation=str(nameless.pk))
    assert "brakuje NIP" in str(answer.context["form"].errors["organisation"])
    assert record(client, cycle, **OUTCOME, organisation=str(stranger.pk)).status_code == 422


def test_an_entered_contract_is_linked_and_not_written_down_twice(
    alfa: Tenant, sign_in: SignIn, firm: Organisation
) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "procurement")
    with tenant_scope(alfa):
        contract = ContractFactory(
            number="Z/1/2026", service=cycle.service, organisation=firm, amount=Decimal("99000.00")
        )
    given = {
        "mode": "own_rules",
        "notice_number": "ZO/7",
        "decided_on": "02.01.2026",
        "contract": contract.pk,
    }
    assert record(director, cycle, **given, signed_on="03.03.2020", value="1").status_code == 302
    with tenant_scope(alfa):
        row = Arrangement.objects.get()
        assert (row.organisation_id, row.signed_on, row.value) == (None, None, None)
        assert (row.contractor, row.worth, row.contract_day) == (firm, Decimal("99000.00"), date(2026, 1, 2))
    shown = text_of(director.get(f"/alfa/cycles/{cycle.pk}/contractor/"))
    assert "Z/1/2026" in shown and "99 000,00 zł" in shown and "5252248481" in shown
    assert pass_step_5(director, cycle).status_code == 302


def test_a_contract_about_something_else_cannot_be_linked(
    alfa: Tenant, sign_in: SignIn, firm: Organisation
) -> None:
    cycle = cycle_at_choice(alfa, "partnership")
    with tenant_scope(alfa):
        old = ContractFactory(
            service=cycle.service, organisation=firm, valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31)
        )
    answer = record(sign_in("director", alfa), cycle, contract=old.pk, basis="art. 9")
    assert answer.status_code == 422 and "contract" in answer.context["form"].errors


def test_a_partnership_passes_with_its_agreement(alfa: Tenant, sign_in: SignIn, firm: Organisation) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "partnership")
    refused = record(director, cycle, organisation=str(firm.pk), signed_on="07.01.2026")
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"basis"}
    assert pass_step_5(director, cycle).status_code == 422
    saved = record(
        director,
        cycle,
        organisation=str(firm.pk),
        signed_on="07.01.2026",
        basis="art. 9 ustawy o partnerstwie",
    )
    assert saved.status_code == 302 and "art. 9 ustawy o partnerstwie" in text_of(director.get(saved.url))
    assert pass_step_5(director, cycle).status_code == 302


def test_a_published_call_of_a_partnership_has_to_be_decided_too(alfa: Tenant, sign_in: SignIn) -> None:
    cycle = cycle_at_choice(alfa, "partnership")
    with tenant_scope(alfa):
        call = publish_call(ready_draft(number="P/1"), actor=DIRECTOR)
        prove(call)
        labels = [str(item.label) for item in contribution_to("contractor_choice", cycle, None).unmet]
        assert labels == ["Porozumienie z partnerem jest zapisane"]
        Call.objects.filter(pk=call.pk).update(cycle_id=cycle.pk, kind=Call.Kind.PARTNERSHIP)
        assert len(contribution_to("contractor_choice", cycle, None).unmet) == 2


def test_neighbour_services_pass_with_who_runs_them_and_their_dates(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "neighbour")
    days = {"valid_from": "01.02.2026", "valid_to": "31.12.2026"}
    refused = record(director, cycle, **days)
    assert "Podaj jednostkę lub stanowisko" in str(refused.context["form"].errors["deliverer"])
    outside = record(director, cycle, deliverer="Dział usług", valid_from="01.02.2027", valid_to="28.02.2027")
    assert "poza okresem cyklu" in str(outside.context["form"].errors["valid_from"])
    assert record(director, cycle, deliverer="Dział usług", **days).status_code == 302
    assert pass_step_5(director, cycle).status_code == 302


def test_what_holds_no_longer_shuts_the_gate_again(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "neighbour")
    record(director, cycle, deliverer="Dział usług", valid_from="01.02.2026", valid_to="31.03.2026")
    with tenant_scope(alfa):
        Cycle.objects.update(period_from=date(2026, 4, 1))
    assert pass_step_5(director, cycle).status_code == 422
    assert "poza okresem cyklu" in text_of(director.get(f"/alfa/cycles/{cycle.pk}/contractor/"))


def test_a_record_of_another_form_counts_for_nothing_and_is_kept(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "own")
    record(director, cycle, deliverer="Dział usług", valid_from="01.01.2026", note="Zarządzenie 4")
    with tenant_scope(alfa):
        FormOption.objects.update(form="neighbour")
    assert pass_step_5(director, cycle).status_code == 422
    with tenant_scope(alfa):
        FormOption.objects.update(form="own")
    assert pass_step_5(director, cycle).status_code == 302


def test_of_two_who_record_the_second_sees_what_the_first_wrote(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "own")
    address = f"/alfa/cycles/{cycle.pk}/contractor/record/"
    seen = director.get(address).context["form"]["seen"].value()
    given = {"deliverer": "Dział A", "valid_from": "01.01.2026", "note": "x", "seen": seen}
    assert director.post(address, given).status_code == 302
    second = director.post(address, {**given, "deliverer": "Dział B"})
    assert second.status_code == 409
    with tenant_scope(alfa):
        assert Arrangement.objects.get().deliverer == "Dział A"


@pytest.mark.parametrize("form", ["entrust", "support", "small_grant", None])
def test_forms_with_a_call_record_nothing(alfa: Tenant, sign_in: SignIn, form: str | None) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, form or "entrust")
    if form is None:
        with tenant_scope(alfa):
            FormOption.objects.all().delete()
    for address in ("contractor/", "contractor/record/"):
        answer = director.get(f"/alfa/cycles/{cycle.pk}/{address}")
        assert (answer.status_code, answer.url) == (302, f"/alfa/cycles/{cycle.pk}/steps/contractor_choice/")
    assert record(director, cycle, deliverer="Dział", valid_from="01.01.2026", note="x").status_code == 302
    with tenant_scope(alfa):
        assert not Arrangement.objects.exists()


def test_who_may_not_edit_cycles_reads_only(alfa: Tenant, sign_in: SignIn) -> None:
    cycle = cycle_at_choice(alfa, "own")
    inspector = sign_in("inspector", alfa)
    assert inspector.get(f"/alfa/cycles/{cycle.pk}/contractor/").status_code == 200
    refused = record(inspector, cycle, deliverer="Dział", valid_from="01.01.2026", note="x")
    assert refused.status_code == 403
    with tenant_scope(alfa):
        assert not Arrangement.objects.exists()


def test_the_database_keeps_half_a_record_out(in_alfa: Tenant) -> None:
    cycle = make_cycle(**PERIOD)
    halves: list[dict[str, Any]] = [
        {"form": "own", "deliverer": "Dział", "valid_from": date(2026, 1, 1)},
        {"form": "procurement", "mode": "basic", "notice_number": "1", "decided_on": date(2026, 1, 1)},
        {"form": "partnership", "basis": "art. 9"},
        {"form": "neighbour", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 2, 1)},
        {"form": "entrust"},
    ]
    for half in halves:
        with pytest.raises(IntegrityError), transaction.atomic():
            Arrangement.objects.create(cycle=cycle, **half)


def _month(contract: Any, state: str) -> None:
    ContractMonth.objects.create(contract=contract, month=date(2026, 2, 1), state=state)


def test_own_delivery_says_plainly_that_there_is_nothing_to_compare(alfa: Tenant, sign_in: SignIn) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "own")
    with tenant_scope(alfa):
        # Another contract of the same service is not this cycle's.
        _month(ContractFactory(service=cycle.service), "submitted")
        put_at(cycle, steps.SUPERVISION)
        assert [str(check.label) for check in contribution_to("supervision", cycle, None).items] == [
            "Okres cyklu się skończył"
        ]
    for address in ("steps/supervision/", "evaluation/"):
        assert "nie ma czego porównać z decyzjami" in text_of(
            director.get(f"/alfa/cycles/{cycle.pk}/{address}")
        )


def test_supervision_counts_the_months_of_the_recorded_contractor(
    alfa: Tenant, sign_in: SignIn, firm: Organisation
) -> None:
    director = sign_in("director", alfa)
    cycle = cycle_at_choice(alfa, "procurement")
    assert record(director, cycle, **OUTCOME, organisation=str(firm.pk)).status_code == 302
    with tenant_scope(alfa):
        other = ContractFactory(number="U/9/2026", service=cycle.service)
        _month(other, "submitted")
        put_at(cycle, steps.SUPERVISION)
    page = text_of(director.get(f"/alfa/cycles/{cycle.pk}/steps/supervision/"))
    assert "Nie wprowadzono umowy na tę usługę w okresie cyklu (wykonawca: Opieka Domowa sp. z o.o.)" in page
    with tenant_scope(alfa):
        _month(ContractFactory(number="Z/1/2026", service=cycle.service, organisation=firm), "returned")
        told = contribution_to("supervision", cycle, None)
        assert told.notes == () and "0 z 12" in [str(link.value) for link in told.links]
        # The month of the firm waits; that of the other contract is not asked.
        assert [str(check.why) for check in told.unmet][1:] == [
            "Miesiące oddane lub zwrócone, bez rozstrzygnięcia: 1."
        ]
    assert "Nie wprowadzono umowy" not in text_of(director.get(f"/alfa/cycles/{cycle.pk}/steps/supervision/"))
