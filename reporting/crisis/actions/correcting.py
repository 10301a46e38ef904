"""The verb that puts right when the first contact of a case was."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.care.locking import hold_known
from reporting.crisis.actions.cases import locked_case, require_contact
from reporting.crisis.models import CaseEntry, CaseWorker, ContactCorrection, CrisisCase, Debriefing
from reporting.crisis.queries.terms import terms_at
from ui.formatting import format_date_text


def correct_contact(case: CrisisCase, *, opened_at: datetime, reason: str, actor: Actor) -> CrisisCase:
    """Put right the day and time of the first contact, with a reason; what counted from that day counts from the new.

    What was said before stays with the case. The number stays too, since papers carry it. Raises DomainError as
    `require_contact` does, `not_moved`, or `contact_after_events` where something of the case happened before the new
    day.
    """
    with transaction.atomic():
        hold_known(case.person_id)
        locked = locked_case(case, open_only=False)
        before = locked.opened_at
        if opened_at == before:
            raise DomainError("not_moved", _("The first contact has this day and time already."), field="day")
        require_contact(opened_at, locked.contract)
        old, new = local_date(before), local_date(opened_at)
        first = min(_events(locked), default=None)
        if first is not None and new > first:
            raise DomainError(
                "contact_after_events",
                _("Something of the case happened on %(day)s: the first contact was on that day or earlier.")
                % {"day": format_date_text(first)},
                field="day",
            )
        locked.opened_at = opened_at
        require_valid(locked, exclude=["organisation", "contract", "person"])
        locked.save(update_fields=["opened_at"])
        _move_along(locked, old, new)
        correction = ContactCorrection(
            case=locked,
            before=before,
            reason=reason,
            corrected_at=timezone.now(),
            author_id=actor.user_id,
            author_name=actor.label[:150],
        )
        require_valid(correction, exclude=["case"])
        correction.save()
        record(
            "correct_crisis_contact",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"before": before, "after": opened_at, "reason": reason},
        )
    return locked


def _events(case: CrisisCase) -> Iterator[date]:
    """Days on which something of the case happened after its first contact."""
    yield from (local_date(each) for each in case.sessions.values_list("starts_at", flat=True))
    yield from case.stays.values_list("from_day", flat=True)
    opening = local_date(case.opened_at)
    yield from case.debriefings.exclude(intervention_on=opening).values_list("intervention_on", flat=True)
    yield from case.team.exclude(since=opening).values_list("since", flat=True)
    left = case.team.filter(until__isnull=False).values_list("until", flat=True)
    yield from (day for day in left if day is not None)
    yield from case.entries.exclude(since=opening).values_list("since", flat=True)
    yield from case.reopenings.values_list("closed_on", flat=True)
    if case.closed_on is not None:
        yield case.closed_on


def _move_along(case: CrisisCase, old: date, new: date) -> None:
    """What began with the first contact begins with it still."""
    CaseEntry.objects.filter(case=case, since=old).update(since=new)
    CaseWorker.objects.filter(case=case, since=old).update(since=new)
    due = new + timedelta(days=terms_at(new).debriefing_days)
    Debriefing.objects.filter(case=case, intervention_on=old).update(intervention_on=new, due_on=due)
