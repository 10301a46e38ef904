"""What the gates of commissioning's own steps wait for; registered at start like what other apps add."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import (
    Consultation,
    Cycle,
    CycleResource,
    QualityIndicator,
    SelfAssessmentArea,
    TargetGroup,
)
from contracting.commissioning.queries import needs_table
from kernel.access import Access
from tenants.addresses import tenant_url

# After so long somebody should look again whether a place still is what the directory says (S-013).
FRESH = timedelta(days=365)


def needs_diagnosis(cycle: Cycle, access: Access | None) -> Contribution:
    """Both needs and resources shut the gate (S-010); consultations, fresh resources and self-diagnosis only remind."""
    table = needs_table(cycle)
    groups = TargetGroup.objects.filter(cycle=cycle).count()
    resources = list(
        CycleResource.objects.filter(cycle=cycle).values_list("resource__verified_on", "resource__retired")
    )
    oldest = timezone.localdate() - FRESH
    stale = sum(1 for verified_on, retired in resources if retired or verified_on < oldest)
    areas = list(
        SelfAssessmentArea.objects.filter(cycle=cycle).values_list(
            "level_now", "level_wanted", "measure", "owner_id", "due_on"
        )
    )
    unplanned = sum(
        1 for now, wanted, measure, owner, due in areas if wanted > now and not (measure and owner and due)
    )
    items = (
        Check(
            _("Groups with their numbers"),
            done=groups > 0,
            why=_("Enter at least one group with the number of persons, its source and year."),
            href=tenant_url("cycles:edit_groups", cycle.pk),
        ),
        Check(
            _("Needs of the groups"),
            done=bool(table.lines),
            why=_("Enter at least one need with persons and hours a month.")
            if groups
            else _("The groups come first: each need is that of a group."),
            href=tenant_url("cycles:edit_needs" if groups else "cycles:edit_groups", cycle.pk),
        ),
        Check(
            _("Local resources"),
            done=bool(resources),
            why=_(
                "Choose at least one resource of the directory: the diagnosis needs both needs and resources."
            ),
            href=tenant_url("cycles:count_resources", cycle.pk),
        ),
        Check(
            _("Resources checked within a year"),
            done=bool(resources) and not stale,
            why=_("Choose resources first.")
            if not resources
            else _("Some resources were last checked more than a year ago, or are gone: look again."),
            href=tenant_url("resources:list")
            if resources
            else tenant_url("cycles:count_resources", cycle.pk),
            must=False,
        ),
        Check(
            _("Consultations"),
            done=Consultation.objects.filter(cycle=cycle).exists(),
            why=_("Nobody was asked yet: the people concerned know needs that no register knows."),
            href=tenant_url("cycles:edit_consultations", cycle.pk),
            must=False,
        ),
        Check(
            _("Self-diagnosis with a plan for every gap"),
            done=bool(areas) and not unplanned,
            why=_("Assess the unit against the standard; every gap needs a measure, an owner and a date."),
            href=tenant_url("cycles:edit_assessment", cycle.pk),
            must=False,
        ),
    )
    links = (
        Link(_("needs"), tenant_url("cycles:needs", cycle.pk), minutes=table.total.needed),
        Link(_("gap"), tenant_url("cycles:needs", cycle.pk), minutes=table.total.open_minutes),
    )
    return Contribution(items, links if table.lines else ())


def evaluation(cycle: Cycle, access: Access | None) -> Contribution:
    """Every indicator of the scope has its result before the cycle is closed (S-080, S-082)."""
    results = list(QualityIndicator.objects.filter(cycle=cycle).values_list("result", flat=True))
    missing = sum(1 for result in results if result is None)
    check = Check(
        _("Results of all indicators"),
        done=bool(results) and not missing,
        why=_("Some indicators have no result yet: enter it.")
        if results
        else _("The scope set no indicators: open it again and set at least one."),
        href=tenant_url("cycles:evaluation", cycle.pk),
    )
    return Contribution((check,))
