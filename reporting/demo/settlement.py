"""Settlements of the demo: a grant with a tranche and a correction, an invoice of KSeF, and what persons pay."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracting.commissioning.actions.payments import TableTerms, create_table
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import PaymentTable
from contracting.contracts.models import Contract, Tranche
from documents.uploads import Upload
from kernel.access import Actor
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.settlement import actions
from reporting.settlement.models import PaymentBasis, Settlement
from reporting.settlement.queries import accepted_lines_of
from reporting.settlement.rules.ksef import checksum_of
from tenants.access import actor_of
from tenants.models import Organisation, Tenant
from tenants.roles import Role

# A grant paid by tranches; a public procurement paid by invoices; and one whose months are settled without either.
_GRANT, _PROCURED, _PLAIN = "barlinek", "dzialdowo", "szczecin"
_NIP = "5265877635"
_SHORTER_BY = 15


def add_settlement(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """The oldest accepted month settled, the next confirmed, the rest left to settle."""
    if tenant.slug not in {_GRANT, _PROCURED, _PLAIN}:
        return
    accepted = list(
        ContractMonth.objects.filter(state=ContractMonth.State.ACCEPTED)
        .order_by("month")
        .select_related("contract__organisation", "contract__service")
    )
    contract: Contract = accepted[0].contract
    accountant = actor_of(members.get(Role.ACCOUNTANT) or members[Role.DIRECTOR])
    oldest, following = Month.of(accepted[0].month), Month.of(accepted[1].month)
    if tenant.slug == _GRANT:
        _pay_tranche(contract, oldest, accountant)
        _charge_persons(contract, accepted[0].month, accountant)
    if tenant.slug == _PROCURED:
        Contract.objects.filter(pk=contract.pk).update(procured=True)
        contract.procured = True
    actions.confirm_settlement(contract, oldest, actor=accountant)
    if tenant.slug == _PROCURED:
        _invoice(contract, oldest, accountant)
    actions.settle(contract, oldest, actor=accountant)
    if tenant.slug == _GRANT:
        late = actions.PenaltyTerms(
            reason="Spóźnione oddanie dzienniczka o 3 dni",
            basis="§ 9 ust. 1 pkt 2 umowy",
            amount=Decimal(150),
        )
        actions.add_penalty(contract, following, late, actor=accountant)
        # The month that is handed in: today's has not been touched yet.
        _correct(contract, accepted[0], Month.of(today).previous(), accountant)
    actions.confirm_settlement(contract, following, actor=accountant)


def _pay_tranche(contract: Contract, month: Month, actor: Actor) -> None:
    year = month.year
    Tranche.objects.get_or_create(contract=contract, year=year, defaults={"amount": Decimal(400_000)})
    actions.record_tranche_payment(
        contract, year=year, paid_on=month.first, amount=Decimal(40_000), actor=actor
    )


def _correct(contract: Contract, row: ContractMonth, carrier: Month, actor: Actor) -> None:
    line = next(one for one in accepted_lines_of(row) if one.accepted > _SHORTER_BY)
    shorter = actions.Correction(
        line.visit,
        -_SHORTER_BY,
        "shorter",
        "Opiekunka wyszła kwadrans wcześniej (rozmowa z rodziną)",
        carrier,
    )
    actions.add_adjustment(contract, Month.of(row.month), shorter, actor=actor)


def _invoice(contract: Contract, month: Month, actor: Actor) -> None:
    Organisation.objects.filter(pk=contract.organisation_id, nip__isnull=True).update(nip=_NIP)
    contract.organisation.refresh_from_db()
    due: Decimal = Settlement.objects.get(contract=contract, month=month.first).due
    day = month.last + timedelta(days=6)
    begun = f"{contract.organisation.nip}-{day:%Y%m%d}-0100001AF629"
    number = f"{month.month:02d}/{month.year}"
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">\n'
        '<Naglowek><KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza></Naglowek>\n'
        f"<Podmiot1><DaneIdentyfikacyjne><NIP>{contract.organisation.nip}</NIP></DaneIdentyfikacyjne></Podmiot1>\n"
        f"<Fa><KodWaluty>PLN</KodWaluty><P_1>{day}</P_1><P_2>{number}</P_2><P_15>{due}</P_15></Fa>\n</Faktura>\n"
    )
    actions.add_invoice(
        contract,
        month,
        actions.InvoiceTerms(number, day, due, f"{begun}-{checksum_of(begun)}"),
        file=Upload(document.encode(), f"faktura-{month}.xml", "application/xml"),
        actor=actor,
    )


def _charge_persons(contract: Contract, first: date, actor: Actor) -> None:
    """A table of payments, and the incomes of half of the persons."""
    if not PaymentTable.objects.filter(service=contract.service_id, valid_from__lte=first).exists():
        create_table(
            contract.service,
            TableTerms(
                name="Odpłatność za usługi opiekuńcze",
                source="uchwała rady (dane przykładowe)",
                valid_from=date(first.year, 1, 1),
                price_per_hour=contract.price_per_hour,
                rounding=PaymentTable.Rounding.TEN_GROSZE,
                bands=list(NATIONAL_BANDS),
            ),
            actor=actor,
        )
    decisions = Decision.objects.filter(contract=contract).order_by("number")
    PaymentBasis.objects.bulk_create(
        _basis_of(decision, place, date(first.year, 1, 1), actor)
        for place, decision in enumerate(decisions)
        if place % 5 != 1
    )


def _basis_of(decision: Decision, place: int, day: date, actor: Actor) -> PaymentBasis:
    basis = PaymentBasis(
        decision=decision,
        valid_from=day,
        household=None if place % 3 else 2,
        exempt=place == 4,
        source="wywiad środowiskowy" if place != 4 else "zwolnienie, decyzja kierownika",
        made_by_name=actor.label,
    )
    basis.income = Decimal(1400 + 137 * place)
    return basis
