"""What must hold before an inspection goes on: its sample checked, its recommendations followed up."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, Problem
from reporting.supervision.models import SUBJECTS, Inspection, Recommendation, SampledItem


def require_checked(row: Inspection) -> None:
    """Raises DomainError `sample_unchecked` with a problem for each item that nobody has checked."""
    unchecked = row.items.filter(checked_at__isnull=True).select_related(*SUBJECTS).order_by("place")
    problems = [
        Problem(
            "sample_unchecked",
            format_lazy(
                _(
                    "Item {place} of the sample ({about}) is not checked. Check it; where that could not be done, "
                    "answer that it does not apply and write in the note why."
                ),
                place=item.place,
                about=_about(item),
            ),
            value=str(item.pk),
        )
        for item in unchecked
    ]
    if problems:
        raise DomainError(
            "sample_unchecked",
            _("The protocol cannot be sent yet: the sample is not checked as a whole."),
            problems=problems,
        )


def _about(item: SampledItem) -> str:
    if item.visit_on is None or item.visit_start is None:
        return item.number
    return f"{item.number}, {item.visit_on:%d.%m.%Y}, {item.visit_start:%H:%M}"


def require_followed_up(row: Inspection) -> None:
    """Raises DomainError `recommendations_open` while one is neither carried out nor said not to be."""
    waiting = [Recommendation.State.OPEN, Recommendation.State.REPORTED]
    count = Recommendation.objects.filter(finding__inspection=row, state__in=waiting).count()
    if count:
        raise DomainError(
            "recommendations_open",
            format_lazy(
                _("Recommendations not followed up yet: {count}. Say of each whether it was carried out."),
                count=count,
            ),
            field="note",
            value=count,
        )
