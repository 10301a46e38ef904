"""Verbs on findings and on what is recommended because of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.supervision.actions.inspections import note_inspection
from reporting.supervision.actions.typed import NAME_LENGTH, require_text
from reporting.supervision.actions.workflow import FULFILLING, INSPECTING
from reporting.supervision.locking import hold_subject, lock
from reporting.supervision.models import Finding, Inspection, Recommendation, SampledItem


@dataclass(frozen=True)
class RecommendationEntry:
    """What is to be done, by whom, by when."""

    text: str
    owner: str
    due_on: date


@dataclass(frozen=True)
class FindingEntry:
    """What was found, how grave it is, at which item of the sample (None: in general), and what is recommended."""

    severity: str
    text: str
    item: SampledItem | None = None
    recommendations: Sequence[RecommendationEntry] = ()


def save_finding(
    inspection: Inspection, entry: FindingEntry, *, finding: Finding | None = None, actor: Actor
) -> Finding:
    """Write a finding into the protocol, or write one anew, with its recommendations.

    Raises DomainError naming the field; `recommendation_before` for a day before the inspection was held; and once the
    protocol was sent.
    """
    with transaction.atomic():
        hold_subject(entry.item)
        row = lock(inspection)
        INSPECTING.take("find", row.state)
        kept = finding or Finding(inspection=row, number=_next_number(row))
        kept.severity, kept.text, kept.item = entry.severity, require_text(entry.text, "text"), entry.item
        if entry.item is not None and entry.item.inspection_id != row.pk:
            raise DomainError(
                "item_elsewhere", _("The item belongs to the sample of another inspection."), field="item"
            )
        require_valid(kept, exclude=["inspection", "item"])
        for one in entry.recommendations:
            if one.due_on < row.held_on:
                raise DomainError(
                    "recommendation_before",
                    format_lazy(
                        _("A recommendation cannot be due on {day}, before the inspection was held."),
                        day=f"{one.due_on:%d.%m.%Y}",
                    ),
                    field="due_on",
                    value=one.due_on,
                )
        kept.save()
        kept.recommendations.all().delete()
        Recommendation.objects.bulk_create(
            Recommendation(finding=kept, place=place, text=one.text, owner=one.owner, due_on=one.due_on)
            for place, one in enumerate(entry.recommendations, start=1)
        )
        note_inspection(
            "save_finding",
            row,
            actor,
            finding=kept.number,
            severity=kept.severity,
            recommendations=len(entry.recommendations),
        )
    return kept


def _next_number(row: Inspection) -> int:
    last = row.findings.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def remove_finding(finding: Finding, *, actor: Actor) -> None:
    """Take a finding out of a protocol that was not sent yet; those after it move up."""
    with transaction.atomic():
        row = lock(finding.inspection)
        INSPECTING.take("find", row.state)
        number = finding.number
        Finding.objects.filter(pk=finding.pk).delete()
        for later in row.findings.filter(number__gt=number).order_by("number"):
            later.number -= 1
            later.save(update_fields=["number"])
        note_inspection("remove_finding", row, actor, finding=number)


def report_recommendation(recommendation: Recommendation, *, report: str, actor: Actor) -> Recommendation:
    """The provider says what it did about a recommendation. Raises DomainError before the protocol was sent."""
    with transaction.atomic():
        inspection = _sent(recommendation)
        row: Recommendation = lock(recommendation)
        row.state = FULFILLING.take("report", row.state).target
        row.report = require_text(report, "report")
        row.reported_at, row.reported_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["finding"])
        row.save(update_fields=["state", "report", "reported_at", "reported_by_name"])
        _note("report_recommendation", inspection, row, actor)
    return row


def follow_up_recommendation(
    recommendation: Recommendation, *, done: bool, note: str, actor: Actor
) -> Recommendation:
    """The unit confirms that a recommendation was carried out, or denies it, and says what it saw."""
    with transaction.atomic():
        inspection = _sent(recommendation)
        row: Recommendation = lock(recommendation)
        row.state = FULFILLING.take("done" if done else "not_done", row.state).target
        row.follow_up = require_text(note, "note")
        row.followed_up_at, row.followed_up_by_name = timezone.now(), actor.label[:NAME_LENGTH]
        require_valid(row, exclude=["finding"])
        row.save(update_fields=["state", "follow_up", "followed_up_at", "followed_up_by_name"])
        _note("follow_up_recommendation", inspection, row, actor)
    return row


def _sent(recommendation: Recommendation) -> Inspection:
    """The inspection of the recommendation, held; refused where its protocol was not sent, or all is closed."""
    inspection: Inspection = lock(recommendation.finding.inspection)
    if inspection.state not in {Inspection.State.SENT, Inspection.State.ANSWERED}:
        raise DomainError(
            "not_sent",
            _(
                "Recommendations are followed up from the day the protocol was sent until the inspection is closed."
            ),
            field="state",
            value=inspection.state,
        )
    return inspection


def _note(verb: str, inspection: Inspection, row: Recommendation, actor: Actor) -> None:
    note_inspection(
        verb, inspection, actor, finding=row.finding.number, recommendation=row.place, became=row.state
    )
