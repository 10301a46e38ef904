"""What a paper of an account tells, whatever the kind of file."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.settlement.account import Account, BilledVisit
from reporting.settlement.models import AcceptedLine, Adjustment, Settlement
from reporting.settlement.rules.billing import Charge
from tenants.addresses import tenant_url
from ui.formatting import format_date_text, format_month


@dataclass(frozen=True)
class Paper:
    """An account with the names that its reader may see, and the corrections that it carries, by id."""

    contract: Contract
    month: Month
    settlement: Settlement
    account: Account
    names: Mapping[UUID, str]
    adjustments: Mapping[UUID, Adjustment]
    unit_name: str

    def head(self) -> list[tuple[str, str]]:
        """What the account is of, and how far it is."""
        told = [
            (_("Contract"), self.contract.number),
            (_("Organisation"), str(self.contract.organisation)),
            (_("Service"), str(self.contract.service)),
            (_("Month"), format_month(self.month)),
            (_("State"), str(self.settlement.get_state_display())),
        ]
        if self.settlement.confirmed_at:
            said = f"{self.settlement.confirmed_by_name}, {format_date_text(self.settlement.confirmed_at)}"
            told.append((_("Confirmed by"), said))
        if self.settlement.settled_at:
            said = f"{self.settlement.settled_by_name}, {format_date_text(self.settlement.settled_at)}"
            told.append((_("Settled by"), said))
        return told

    def number_of(self, decision: UUID) -> str:
        """The number of a decision as it was when the month was accepted."""
        return self.account.numbers.get(decision, "–")

    def visits_page(self, decision: UUID, visit: UUID | None = None) -> str:
        """The address of the page with the visits behind a line; a visit names its place on it."""
        place = "" if visit is None else visit_place(visit)
        return visits_address(self.contract.pk, self.month, decision, place)

    def charge_page(self, charge: Charge) -> str:
        """The address of what a charge is made of: its visits, or the visit that it corrects, in that visit's month."""
        line = self.corrected(charge)
        if line is None:
            return self.visits_page(charge.decision)
        place = visit_place(line.visit_id, is_late=line.is_late)
        return visits_address(self.contract.pk, Month.of(line.month), charge.decision, place)

    def corrected(self, charge: Charge) -> AcceptedLine | None:
        """The visit that a charge corrects, as it was accepted; None of the month's own care."""
        return None if charge.correction is None else self.adjustments[charge.correction].line

    def visits_in_order(self) -> list[BilledVisit]:
        """Visits by number of the decision, then in time."""
        return sorted(
            self.account.visits,
            key=lambda one: (self.number_of(one.line.decision), one.line.date, one.line.start),
        )

    def in_order(self, charges: list[Charge]) -> list[Charge]:
        """Charges by number of the decision, then by day."""
        return sorted(charges, key=lambda one: (self.number_of(one.decision), one.first, one.price))


def visits_address(contract: UUID, month: Month, decision: UUID, place: str = "") -> str:
    """The whole address of the page with the visits of a decision in a month of the contract, or a place on it."""
    path = tenant_url("settlement:visits", contract, str(month), decision)
    return f"{settings.SITE_URL.rstrip('/')}{path}{place}"


def visit_place(visit: UUID, *, is_late: bool = False) -> str:
    """Where a visit stands on that page; one that nobody had entered stands among the corrections of its month."""
    return "#corrections" if is_late else f"#visit-{visit}"


def paper_of(
    contract: Contract,
    month: Month,
    settlement: Settlement,
    account: Account,
    names: Mapping[UUID, str],
    adjustments: Mapping[UUID, Adjustment],
) -> Paper:
    """The paper of an account in the tenant at hand."""
    return Paper(contract, month, settlement, account, names, adjustments, require_tenant().unit_name)
