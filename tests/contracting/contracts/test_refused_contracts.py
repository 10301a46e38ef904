"""What contracts, drafts, amendments and workers refuse: dates that cannot be, and what somebody else did a moment ago."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contracting.commissioning.models import FormOption, Service
from contracting.contracts import actions
from contracting.contracts.actions import arrangements, contracts, drafts, linking, signatures, workers
from contracting.contracts.models import (
    Arrangement,
    Contract,
    ContractAmendment,
    ContractDraft,
    NamedStaff,
    Signature,
    Worker,
    WorkerQualification,
)
from contracting.contracts.views import arrangements as arrangement_pages
from contracting.tenders.models import Award
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Partnership, Tenant
from tests.contracting.contracts.conftest import Partners
from tests.contracting.contracts.test_amendments import _proposal as proposal
from tests.contracting.contracts.test_arrangements import cycle_at_choice
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.care import ContractFactory, WorkerFactory
from tests.factories.tenders import content_of
from tests.meanwhile import meanwhile

SignIn = Callable[..., Client]


@pytest.fixture
def director(alfa: Tenant, sign_in: SignIn) -> Client:
    return sign_in("director", alfa)


def refused(answer: Any, says: str) -> None:
    """The page, with the sentence."""
    assert says in answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


@pytest.fixture
def wide(partners: Partners) -> Contract:
    """The contract of the world, lasting from a year ago to a year ahead."""
    today, year = timezone.localdate(), timedelta(days=365)
    with tenant_scope(partners.tenant):
        Contract.objects.filter(pk=partners.contract.pk).update(
            valid_from=today - year, valid_to=today + year
        )
        partners.contract.refresh_from_db()
    contract: Contract = partners.contract
    return contract


def same_year_twice() -> dict[str, str]:
    year = str(timezone.localdate().year)
    rows = {
        f"tranches-{row}-{name}": value
        for row in (0, 1)
        for name, value in (("year", year), ("amount", "100"))
    }
    return {"tranches-TOTAL_FORMS": "2", "amount": "200", **rows}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (
            lambda: {"valid_to": day(10), "effective_on": day(20)},
            "Umowa skończyłaby się przed wejściem aneksu w życie",
        ),
        (same_year_twice, " występuje dwa razy. Połącz te wiersze."),
    ],
    ids=["ends before it begins", "a year twice"],
)
def test_an_amendment_that_cannot_be(
    director: Client, partners: Partners, wide: Contract, typed: Callable[[], dict[str, str]], says: str
) -> None:
    sent = proposal(partners, **typed())
    refused(director.post(f"/alfa/contracts/{wide.pk}/amendments/new/", sent), says)
    with tenant_scope(partners.tenant):
        assert not ContractAmendment.objects.exists()


def test_an_amendment_is_sent_once(director: Client, partners: Partners, wide: Contract) -> None:
    assert director.post(f"/alfa/contracts/{wide.pk}/amendments/new/", proposal(partners)).status_code == 302
    with tenant_scope(partners.tenant):
        amendment = ContractAmendment.objects.get()
    address = f"/alfa/contracts/{wide.pk}/amendments/{amendment.pk}/send/"
    assert director.post(address).status_code == 302
    refused(director.post(address), "nie można tego teraz zrobić.")
    with tenant_scope(partners.tenant):
        assert ContractAmendment.objects.get().state == ContractAmendment.State.FOR_SIGNATURE


def test_a_draft_is_made_of_a_grant_with_dates_only(director: Client, partners: Partners) -> None:
    content = content_of("Dom")
    with tenant_scope(partners.tenant):
        dateless = {**content, "task": {**content["task"], "from": "", "to": ""}}
        without = granted_award(partners.own, number="K/1/2026", content=dateless)
        call = without.offer.call
        call.task_from = call.task_to = None
        call.save()
        taken_back = granted_award(partners.own, number="K/2/2026")
    address = "/alfa/contracts/to-sign/from-award/"
    refused(
        director.post(f"{address}{without.pk}/"), "Ani oferta, ani ogłoszenie nie podaje, od kiedy do kiedy"
    )
    refuse = lambda: Award.objects.filter(pk=taken_back.pk).update(  # noqa: E731
        decision=Award.Outcome.REFUSED, amount=None, reason="pomyłka"
    )
    with meanwhile(actions, "draft_contract", refuse):
        answer = director.post(f"{address}{taken_back.pk}/")
    refused(answer, "Projekt umowy powstaje tylko dla oferty, której przyznano środki.")
    with tenant_scope(partners.tenant):
        assert not ContractDraft.objects.exists()


def test_a_side_signs_once(director: Client, partners: Partners) -> None:
    with tenant_scope(partners.tenant):
        draft = actions.draft_contract(granted_award(partners.own), actor=ACTOR)
        draft = sent_for_signature(draft, "U/9/2026")
    signs = {"side": "unit", "function": "dyrektor", "signed_on": timezone.localdate(), "form": "qualified"}
    first = partial(Signature, draft=draft, **{**signs, "function": "zastępca"}, registered_by=new_id())
    with meanwhile(signatures, "require_valid", lambda: first().save(), after=True):
        answer = director.post(f"/alfa/contracts/to-sign/{draft.pk}/sign/", signs)
    refused(answer, "Ta strona już podpisała. Odśwież stronę.")
    with tenant_scope(partners.tenant):
        assert not Signature.objects.filter(function="dyrektor").exists()


def test_a_grant_whose_contract_is_signed_is_not_given_up(director: Client, partners: Partners) -> None:
    with tenant_scope(partners.tenant):
        award = granted_award(partners.own)
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), partners.contract.number)
        signed = {"state": ContractDraft.State.SIGNED, "contract": partners.contract}
        ContractDraft.objects.filter(pk=draft.pk).update(**signed)
    sent = {"happened_on": timezone.localdate(), "reason": "Zmiana planów"}
    answer = director.post(f"/alfa/committee/awards/{award.pk}/give-up/", sent)
    refused(
        answer, f"Umowa {partners.contract.number} jest podpisana, więc z dotacji nie można już zrezygnować"
    )
    with tenant_scope(partners.tenant):
        award.refresh_from_db()
        assert award.decision == Award.Outcome.GRANTED


def test_somebody_was_quicker_with_workers(director: Client, partners: Partners) -> None:
    organisation, worker = partners.own, partners.worker
    new = {"code": "W07", "surname": "Nowa", "given_name": "Ewa", "organisation": str(organisation.pk)}
    rival = partial(WorkerFactory, code="W07", organisation=partners.other)
    with meanwhile(workers, "require_valid", rival, after=True):
        refused(
            director.post("/alfa/contracts/workers/new/", new), "Inny pracownik ma już ten kod. Wybierz inny."
        )
    again = director.post(f"/alfa/contracts/workers/{worker.pk}/reinstate/", follow=True)
    assert "Ta osoba już pracuje." in again.content.decode()
    naming = f"/alfa/contracts/{partners.contract.pk}/staff/new/"
    first = lambda: NamedStaff.objects.create(contract=partners.contract, worker=worker)  # noqa: E731
    with meanwhile(contracts, "require_valid", first, after=True):
        refused(director.post(naming, {"worker": str(worker.pk)}), "Umowa już wskazuje tego pracownika.")
    leaves = lambda: Partnership.objects.filter(organisation=organisation).delete()  # noqa: E731
    with meanwhile(actions, "create_worker", leaves):
        answer = director.post("/alfa/contracts/workers/new/", {**new, "code": "W08"})
    refused(answer, "Ta organizacja nie jest partnerem samorządu. Najpierw dodaj partnerstwo.")
    with tenant_scope(partners.tenant):
        assert not Worker.objects.filter(surname="Nowa").exists() and not NamedStaff.objects.exists()


def _ends(world: Partners, carer: Any) -> None:
    Membership.objects.filter(user=carer).delete()


def _taken(world: Partners, carer: Any) -> None:
    Worker.objects.filter(pk=world.other_worker.pk).update(organisation=world.own, user_id=carer.pk)


@pytest.mark.parametrize(
    ("module", "verb", "act", "after", "says"),
    [
        (actions, "link_account", _ends, False, "To konto nie ma dziś w organizacji pracownika roli"),
        (actions, "link_account", _taken, False, "To konto jest powiązane z pracownikiem o kodzie W02."),
        (linking, "_refuse_taken", _taken, True, "Przed chwilą ktoś powiązał to konto z innym pracownikiem."),
    ],
    ids=["no carer any more", "taken", "taken at this moment"],
)
def test_an_account_that_is_free_no_longer(
    director: Client, partners: Partners, sign_in: SignIn,
    module: Any, verb: str, act: Callable[..., None], after: bool, says: str,
) -> None:  # fmt: skip
    carer = sign_in("worker", partners.tenant, partners.own).user  # type: ignore[attr-defined]
    with public_scope():
        chosen = Membership.objects.get(user=carer)
    address = f"/alfa/contracts/workers/{partners.worker.pk}/account/"
    with meanwhile(module, verb, partial(act, partners, carer), after=after):
        refused(director.post(address, {"account": str(chosen.pk)}), says)
    with tenant_scope(partners.tenant):
        assert Worker.objects.get(pk=partners.worker.pk).user_id is None


def test_a_form_of_realisation_that_was_changed_meanwhile(director: Client, alfa: Tenant) -> None:
    cycle = cycle_at_choice(alfa, "own")
    other = lambda: FormOption.objects.filter(cycle=cycle).update(form="neighbour")  # noqa: E731
    sent = {"deliverer": "Dział usług", "valid_from": "01.01.2026", "note": "Zarządzenie 4"}
    with meanwhile(arrangement_pages, "record_arrangement", other):
        answer = director.post(f"/alfa/cycles/{cycle.pk}/contractor/record/", sent)
    refused(answer, "W cyklu wybrano tymczasem inną formę realizacji: otwórz etap 5 ponownie.")
    with tenant_scope(alfa):
        assert not Arrangement.objects.exists()


def test_a_number_that_another_contract_got_at_this_moment(partners: Partners) -> None:
    contract = partners.contract
    with tenant_scope(partners.tenant):
        rival = partial(ContractFactory, number="U/77/2026")
        with meanwhile(contracts, "require_valid", rival, after=True), pytest.raises(DomainError) as refusal:
            actions.correct_number(contract, number="U/77/2026", actor=ACTOR)
        assert refusal.value.code == "contract_exists"
        assert Contract.objects.get(pk=contract.pk).number == "U/1/2026"


def test_what_no_page_sends_the_verbs_refuse_all_the_same(partners: Partners) -> None:
    """Forms offer own workers and contracts of the service only, and compare the dates themselves."""
    early, late, contract = date(2026, 1, 1), date(2026, 2, 1), partners.contract
    with tenant_scope(partners.tenant):
        cycle = cycle_at_choice(partners.tenant, "procurement")
        foreign = ContractFactory(service=Service.objects.create(code="other", name="Inna"))
        draft = actions.draft_contract(granted_award(partners.own), actor=ACTOR)
        draft.valid_from, draft.valid_to = late, early
        contract.valid_from, contract.valid_to = late, early
        backwards = {"valid_from": late, "valid_to": early, "actor": ACTOR}
        told: list[tuple[Callable[[], Any], str]] = [
            (lambda: contracts.save_contract(contract), "Umowa kończy się, zanim się zacznie"),
            (lambda: drafts.check_terms(draft), "Umowa kończy się, zanim się zacznie"),
            (
                lambda: actions.name_staff(contract, partners.other_worker, actor=ACTOR),
                "Ten pracownik należy do innej organizacji niż ta z umowy.",
            ),
            (
                lambda: actions.name_staff(contract, partners.worker, **backwards),
                "Ostatni dzień wskazania wypada przed pierwszym",
            ),
            (
                lambda: actions.add_qualification(partners.worker, code="carer_course", **backwards),
                "Kwalifikacja wygasa, zanim się zacznie",
            ),
            (
                lambda: arrangements.record_arrangement(
                    cycle, "procurement", arrangements.ArrangementTerms(contract=foreign), actor=ACTOR
                ),
                "Ta umowa dotyczy innej usługi niż cykl.",
            ),
        ]
        for verb, says in told:
            with pytest.raises(DomainError) as refusal:
                verb()
            assert says in str(refusal.value)
        assert not NamedStaff.objects.exists() and not WorkerQualification.objects.exists()
        assert not Arrangement.objects.exists()
        assert Contract.objects.get(pk=contract.pk).valid_to == date(2026, 12, 31)
