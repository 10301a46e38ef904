"""What supervision tells of persons, which of it keeps them back, and how reasons are taken off concluded dossiers."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.anonymity import ANONYMISED, tells
from reporting.care.hooks import Matter, matters_of_persons, persons_anonymised
from reporting.care.keeping import still_open
from reporting.compliance.snapshots import digest_of
from reporting.supervision.models import (
    DecisionAdvice,
    DossierIssue,
    Finding,
    Inspection,
    Invitation,
    Recommendation,
    SampledItem,
)

# A sample is drawn from decisions, from advice or from cases.
_DRAWN = ("decision__person", "appointment__person", "case__person")
_OVER = [Inspection.State.CLOSED, Inspection.State.CALLED_OFF]


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Inspections and tasks that are open on these persons' decisions advice or cases; four queries."""
    items = SampledItem.objects.exclude(inspection__state__in=_OVER).order_by()
    for path in _DRAWN:
        sampled = items.filter(**{f"{path}__in": list(persons)}).values_list(path, flat=True)
        matters += still_open(sampled, _("an inspection that looks at them is open"))
    tasks = DecisionAdvice.objects.filter(task=DecisionAdvice.Task.OPEN, decision__person__in=list(persons))
    persons_of_tasks = tasks.order_by().values_list("decision__person", flat=True)
    matters += still_open(persons_of_tasks, _("a task to change their decision is open"))


def _take_off(persons: Collection[UUID]) -> None:
    """Reasons of recommendations go from concluded dossiers, whose hash is made anew; figures stay."""
    advice = DecisionAdvice.objects.filter(decision__person__in=list(persons))
    decisions = {str(pk) for pk in advice.order_by().values_list("decision", flat=True)}
    rows = DossierIssue.objects.filter(dossier__in=advice.order_by().values("dossier"))
    changed = []
    for issue in rows.select_for_update().order_by("pk"):
        lines = [one for one in issue.content["lines"] if one["decision"] in decisions and one["advice"]]
        for line in lines:
            line["advice"]["reason"] = ANONYMISED
        if lines:
            issue.sha256 = digest_of(issue.content)
            changed.append(issue)
    DossierIssue.objects.bulk_update(changed, ["content", "sha256"], batch_size=100)


def tell_keeping() -> None:
    """Say what the tables of supervision tell of persons."""
    tells(SampledItem, *_DRAWN, replaced=["note"], kept=["visit_worker", "checks"])
    tells(Finding, *(f"item__{path}" for path in _DRAWN), replaced=["text"])
    tells(
        Recommendation,
        *(f"finding__item__{path}" for path in _DRAWN),
        replaced=["text", "report", "follow_up"],
        kept=["owner", "reported_by_name", "followed_up_by_name"],
    )
    tells(Invitation, *_DRAWN, emptied={"mail_encrypted": None}, kept=["token_sha256"])
    tells(
        DecisionAdvice,
        "decision__person",
        replaced=["reason", "drop_reason"],
        kept=["made_by_name", "settled_by_name"],
    )
    matters_of_persons.subscribe(_add_matters)
    persons_anonymised.subscribe(_take_off)
