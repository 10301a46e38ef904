"""Demands to justify the choice: anyone may ask within the days of art. 15(2i); who asked is not kept."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.law import limit
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Call, JustificationRequest, Offer, ResultsChange
from contracting.tenders.rules.terms import last_day_to_demand
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from ui.formatting import format_date_text


def last_day_for(call: Call) -> date | None:
    """The last day on which the choice may be asked about; None before the results. Two queries.

    A choice from the reserve list is announced like the first one, so the days begin with it anew.
    """
    if call.decided_at is None:
        return None
    anew = call.results_changes.filter(kind=ResultsChange.Kind.GRANTED).order_by("-number").first()
    published = local_date(anew.published_at if anew else call.decided_at)
    return last_day_to_demand(published, limit("justification_days", on=published).whole)


def record_justification_request(
    call: Call, *, received_on: date, reference: str, offer: Offer | None = None, actor: Actor
) -> JustificationRequest:
    """Write down a demand that came. Raises DomainError `not_decided`, `demand_outside_term`, `demand_in_future`."""
    with transaction.atomic():
        locked = lock_call(call)
        last = last_day_for(locked)
        if last is None or locked.decided_at is None:
            raise DomainError(
                "not_decided", _("Reasons can be demanded once the results are published; they are not yet.")
            )
        if received_on > local_date(timezone.now()):
            raise DomainError(
                "demand_in_future",
                _("Received on %(day)s: that day has not come yet. Enter the day of receipt.")
                % {"day": format_date_text(received_on)},
                field="received_on",
                value=received_on,
            )
        if not local_date(locked.decided_at) <= received_on <= last:
            raise DomainError(
                "demand_outside_term",
                _(
                    "Received on %(day)s: reasons can be demanded from the publication of the results to %(last)s."
                )
                % {"day": format_date_text(received_on), "last": format_date_text(last)},
                field="received_on",
                value=received_on,
            )
        row = JustificationRequest(
            call=locked, offer=offer, received_on=received_on, reference=reference.strip()
        )
        require_valid(row, exclude=["call", "offer", "answered_on", "answered_by"])
        row.save()
        record(
            "record_justification_request",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"request": row.pk, "received_on": received_on},
        )
    return row


def answer_justification(
    request: JustificationRequest, *, answer: str, answered_on: date, actor: Actor
) -> JustificationRequest:
    """Keep the reasons that were given. Raises DomainError `justified_already`, `invalid`."""
    with transaction.atomic():
        locked: JustificationRequest = JustificationRequest.objects.select_for_update().get(pk=request.pk)
        if locked.answered_on is not None:
            raise DomainError("justified_already", _("This demand is answered already."))
        if not answer.strip():
            raise DomainError("answer_missing", _("Justification: write the reasons."), field="answer")
        if answered_on < locked.received_on:
            raise DomainError(
                "answered_before",
                _("Answered on %(day)s: that is before the demand came. Correct the day.")
                % {"day": format_date_text(answered_on)},
                field="answered_on",
                value=answered_on,
            )
        locked.answer, locked.answered_on, locked.answered_by = answer.strip(), answered_on, actor.user_id
        require_valid(locked, exclude=["call", "offer"])
        locked.save()
        record(
            "answer_justification",
            actor=actor,
            subject_type="call",
            subject_id=locked.call_id,
            payload={"request": locked.pk, "answered_on": answered_on},
        )
    return locked
