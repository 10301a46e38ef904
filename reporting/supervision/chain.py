"""What the step of supervision of a cycle is told: inspections, findings, surveys and dossiers of its contracts."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.contracts.arranged import contracts_of
from kernel.access import Access
from reporting.supervision.queries.dossiers import dossier_counts
from reporting.supervision.queries.findings import finding_counts
from reporting.supervision.queries.surveys import survey_counts
from tenants.addresses import tenant_url


def tell_supervision_step(cycle: Cycle, access: Access | None) -> Contribution:
    """What supervision did in the period of the cycle; nothing where it has no contract yet."""
    contracts: list[UUID] = list(contracts_of(cycle).values_list("pk", flat=True))
    if not contracts:
        return Contribution()
    first, last = cycle.period_from, cycle.period_to
    return (
        _of_inspections(contracts, first, last)
        + _of_surveys(contracts, first, last)
        + _of_dossiers(contracts, first, last)
    )


def _of_inspections(contracts: list[UUID], first: date, last: date) -> Contribution:
    counts = finding_counts(contracts, first, last)
    href = tenant_url("supervision:inspections")
    items = (
        Check(
            _("The service was inspected"),
            done=counts.inspections > 0,
            why=_("No protocol of an inspection was sent in the period of the cycle."),
            href=href,
            must=False,
        ),
        Check(
            _("Findings of inspections are settled"),
            done=not counts.open,
            why=_("Findings still open: %(count)s.") % {"count": counts.open},
            href=href,
            must=False,
        ),
    )
    told = _("%(inspections)s, findings open %(open)s of %(all)s") % {
        "inspections": counts.inspections,
        "open": counts.open,
        "all": counts.open + counts.closed,
    }
    return Contribution(items, (Link(_("inspections"), href, value=told),))


def _of_surveys(contracts: list[UUID], first: date, last: date) -> Contribution:
    counts = survey_counts(contracts, first, last)
    if not counts.surveys:
        return Contribution()
    told = _("%(answered)s of %(invited)s") % {"answered": counts.answered, "invited": counts.invited}
    return Contribution(links=(Link(_("surveys answered"), tenant_url("supervision:surveys"), value=told),))


def _of_dossiers(contracts: list[UUID], first: date, last: date) -> Contribution:
    counts = dossier_counts(contracts, first, last)
    tasks = Check(
        _("Recommendations of dossiers are acted on"),
        done=not counts.open,
        why=_("Tasks of dossiers still open: %(count)s.") % {"count": counts.open},
        href=tenant_url("supervision:tasks"),
        must=False,
    )
    link = Link(_("dossiers concluded"), tenant_url("supervision:dossiers"), value=str(counts.concluded))
    return Contribution((tasks,), (link,))
