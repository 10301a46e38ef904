"""The numbers of the standard, as the tenant keeps them."""

from datetime import date

from django.forms.models import model_to_dict

from reporting.crisis.models import TERM_FIELDS, StandardTerms
from reporting.crisis.rules import Terms, terms_on


def all_terms() -> list[Terms]:
    """Every row of the tenant; one query."""
    return [
        Terms(**model_to_dict(row, fields=TERM_FIELDS), source=row.source, valid_from=row.valid_from)
        for row in StandardTerms.objects.all()
    ]


def terms_at(day: date) -> Terms:
    """The numbers that hold on a day; one query."""
    return terms_on(all_terms(), day)
