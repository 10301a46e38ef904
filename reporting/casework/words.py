"""What programmes, trainings and results belong to, in words."""

from django.utils.translation import gettext as _

from reporting.casework.models import Belonging


def belongs_text(row: Belonging) -> str:
    """The contract, cycle or service of a row read `with_chain`; empty where it is none of them."""
    if row.contract is not None:
        told = {"number": row.contract.number, "organisation": row.contract.organisation}
        return _("contract %(number)s, %(organisation)s") % told
    if row.cycle is not None:
        return _("cycle “%(title)s”") % {"title": row.cycle.title}
    return "" if row.service is None else _("service: %(name)s") % {"name": row.service}
