"""The sentences of what an offer still lacks, for pages and refusals."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracting.tenders.rules.completeness import Finding
from kernel.errors import Problem
from ui.formatting import format_date_short, format_decimal, format_money

_SENTENCES: dict[str, Promise] = {
    "missing": _("Fill this in."),
    "missing_in_row": _("Row %(row)s: fill this in."),
    "no_rows": _("Add at least one row."),
    "too_long": _("This text has %(length)s characters of at most %(most)s: shorten it by %(over)s."),
    "nip": _("“%(value)s” is not a NIP: it has ten digits, and the last checks the others. Compare it."),
    "krs": _(
        "“%(value)s” is not a KRS number of ten digits: check it. Before a number of another register write which "
        "it is."
    ),
    "phone": _("“%(value)s” is not a telephone number: write for example 91 123 45 67."),
    "email": _("“%(value)s” is not an e-mail address: check it."),
    "no_joint_offers": _("This call takes no joint offers: remove the partners."),
    "partner_asked": _("%(name)s has not accepted to offer jointly yet: it has to, or you remove it."),
    "partner_declined": _("%(name)s declined to offer jointly: remove it."),
    "partners_differ": _("The partners changed meanwhile: open this section and save it once more."),
    "no_day": _("“%(value)s” is not a day: write it as 31.01.2027."),
    "outside_task": _("%(value)s lies outside the task, which lasts from %(first)s to %(last)s."),
    "ends_before": _("The last day %(value)s lies before the first: correct one of them."),
    "fte": _("Row %(row)s: “%(value)s” is not a part of a full-time post: write for example 0,5 or 1."),
    "no_qualification": _("Row %(row)s: no qualification is named, so this person earns no points for it."),
    "short": _(
        "The answer has %(length)s characters: the committee reads and scores it, so say how you will do it."
    ),
    "no_promises": _(
        "No promise that can be measured: what is promised here is measured each month of the contract."
    ),
    "no_number": _("“%(value)s” is not a number: write for example 24 or 97,5."),
    "percent": _("%(value)s %% is more than 100 %%: correct the value."),
    "no_amount": _("“%(value)s” is not an amount: write for example 1 234,50."),
    "no_hours": _("“%(value)s” are no hours: write for example 7200 or 7200:30."),
    "off_by": _("Here stands %(value)s, but the rows give %(due)s: save the budget once more."),
    "price_zero": _("The price of an hour is 0: check costs and hours."),
    "own_share": _(
        "The own contribution is %(share)s %% of the costs; this call asks for at least %(least)s %%."
    ),
    "zero": _("Row %(row)s: the value is 0. Correct it, or remove the row."),
    "year": _("Row %(row)s: the year “%(value)s” is outside the task (%(years)s)."),
    "grant_zero": _("The grant asked for is %(value)s: own means and payments cover all costs."),
    "grant_small": _("The grant asked for is %(value)s; the smallest in this call is %(least)s."),
    "grant_large": _("The grant asked for is %(value)s; the largest in this call is %(most)s."),
    "grant_over_funds": _("The grant asked for is %(value)s; this part of the call has %(most)s."),
    "missing_file": _("The call asks for the file “%(name)s”: add it."),
    "not_declared": _("Make this declaration, or do not hand in."),
}
_MONEY = {"grant_zero", "grant_small", "grant_large", "grant_over_funds"}


def _shown(code: str, name: str, value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return format_date_short(value)
    if code in _MONEY and name in {"value", "least", "most"}:
        return format_money(value)
    if code == "own_share":
        return format_decimal(value)
    return value


def sentence_of(finding: Finding) -> str:
    """What the finding says, in the language at hand."""
    values = {name: _shown(finding.code, name, value) for name, value in finding.values.items()}
    sentence = str(_SENTENCES[finding.code])
    return sentence % values if values else sentence


def problem_of(finding: Finding) -> Problem:
    path = f"{finding.section}.{finding.path}" if finding.path else finding.section
    value = finding.values.get("value")
    return Problem(finding.code, sentence_of(finding), path, None if value is None else str(value))
