"""The committee works only while it is composed as the act and its order of appointment ask."""

from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Committee
from contracting.tenders.queries.seats import lacks_now
from kernel.errors import DomainError, Problem


def require_composed(committee: Committee) -> None:
    """Raises DomainError `committee_incomplete` with a problem for each gap: its article and who mends it."""
    problems = [Problem(lack.gap.value, lack.sentence, None, "") for lack in lacks_now(committee)]
    if problems:
        raise DomainError(
            "committee_incomplete",
            _("The committee cannot work as it is composed now. Nothing was saved."),
            problems=problems,
        )
