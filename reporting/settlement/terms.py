"""The rules of an account in words, said the same on page and paper."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from contracting.commissioning.models import PaymentTable
from reporting.settlement.account import Account
from reporting.settlement.payment_shapes import PersonPayment
from ui.formatting import format_minutes_text


def rounding_rule() -> str:
    """How amounts are rounded."""
    return _(
        "The minutes of one decision at one price are added up, multiplied by the price of an hour, and the amount is "
        "rounded half up to the grosz; so is each correction. Sums are not rounded again."
    )


def payment_rules(payments: Iterable[PersonPayment]) -> list[str]:
    """How payments of persons are rounded, as each of their tables says; empty where none could be counted."""
    names = dict(PaymentTable.Rounding.choices)
    told = list(payments)
    used = {part.rate.rounding for one in told for part in one.parts if part.rate}
    kinds = [kind for kind in names if kind in used]
    if not kinds:
        return []
    each = [str(names[kind]) for kind in kinds]
    rules = [
        _("Each amount counted is rounded as its table of payments says: %(kinds)s.")
        % {"kinds": "; ".join(each)},
        _("What a person pays and the sum of the month add these amounts up and are not rounded again."),
    ]
    if any(one.is_frozen for one in told):
        rules.append(
            _(
                "What was confirmed with a settlement stays as it was counted then, until the settlement is taken back."
            )
        )
    return rules


def visit_rule() -> str:
    """How the amount of a line is divided among its visits."""
    return _(
        "The amount of a visit is what its line comes to with it, less what it came to before: the visits of a line "
        "add up to the line, and the rest of rounding falls on the visit that makes it a whole grosz."
    )


def payment_visit_rule() -> str:
    """How what is counted of a part of a payment is divided among its visits."""
    return _(
        "The amount of a visit is what the part of the payment comes to with it, less what it came to before: the "
        "visits and corrections of a part add up to it."
    )


def cap_rule(account: Account) -> str:
    """What the cap does not pay; empty where the contract has none."""
    if account.cap_left is None:
        return ""
    return _(
        "Minutes above the cap of the contract are not paid, also where they were accepted, unless a signed amendment "
        "raises the cap: %(left)s were left for this month. What is too much is taken from the last visits. A "
        "correction that takes minutes off takes first those of its month that the cap did not pay."
    ) % {"left": format_minutes_text(account.cap_left)}


def sums_of(account: Account, *, procured: bool) -> list[tuple[str, Decimal]]:
    """The way from the costs to what is to be paid: label and amount (PLN), lines of 0 left out."""
    lines = [(_("Costs of the care, with corrections"), account.cost)]
    if account.outside:
        lines.append((_("less what others than the commune bear"), -account.outside))
    if account.over_amount < 0:
        lines.append((_("less what the amount of the contract had not paid"), -account.over_amount))
    if account.over_amount > 0:
        lines.append((_("less what exceeds the amount of the contract"), -account.over_amount))
    lines += [
        (
            _("less a penalty: %(reason)s (%(basis)s)") % {"reason": one.reason, "basis": one.basis},
            -one.amount,
        )
        for one in account.penalties
    ]
    if account.due < 0:
        return [*lines, (_("To be returned by the organisation"), -account.due)]
    lines.append((_("Due"), account.due))
    if not procured:
        lines += [
            (_("of which paid beforehand in tranches"), -account.from_advance),
            (_("To be paid"), account.to_pay),
        ]
    return lines
