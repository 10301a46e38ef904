"""Observations about a person: told by the carer, read and answered by who is responsible."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Worker
from kernel.access import Access, Actor
from kernel.background import send_after_commit
from kernel.errors import Conflict, DomainError
from reporting.care.locking import hold_person_of
from reporting.care.models import Decision
from reporting.field.locking import lock_entries
from reporting.field.models import Observation
from reporting.field.tasks import mail_urgent

LONGEST = 2000


@dataclass(frozen=True)
class SentObservation:
    """An observation as a phone sends it; `id` is made there."""

    id: UUID
    decision_id: UUID
    visit_id: UUID | None
    priority: str
    text: str
    noticed_at: datetime


def observe(sent: SentObservation, *, access: Access, actor: Actor) -> Observation:
    """Keep what the carer has noticed; sending it again keeps it once. Urgent ones are mailed to the coordinators.

    Raises DomainError `unknown_decision`, `no_worker`, `text_missing`, `text_long`, `not_yours`.
    """
    text = sent.text.strip()
    if not text:
        raise DomainError(
            "text_missing", _("The observation is empty. Write what you have noticed."), field="text"
        )
    if len(text) > LONGEST:
        raise DomainError(
            "text_long", _("The observation is longer than 2000 characters. Shorten it."), field="text"
        )
    decision = (
        Decision.objects.visible_to(access).select_related("contract").filter(pk=sent.decision_id).first()
    )
    if decision is None:
        sentence = _(
            "This person is not entrusted to your organisation any more. Tell the coordinator by phone."
        )
        raise DomainError("unknown_decision", sentence, field="decision")
    worker: Worker | None = (
        Worker.objects.visible_to(access)
        .filter(user_id=access.actor.user_id, organisation_id=decision.contract.organisation_id)
        .first()
    )
    if worker is None:
        sentence = _(
            "Your account is not linked with a carer. Ask your coordinator to link it; the entry stays here."
        )
        raise DomainError("no_worker", sentence)
    with transaction.atomic():
        lock_entries(worker.pk)
        known: Observation | None = Observation.objects.filter(pk=sent.id).first()
        if known is not None:
            if known.worker_id != worker.pk:
                raise DomainError("not_yours", _("This observation belongs to another carer. Write it anew."))
            return known
        hold_person_of(decision.pk)
        made = Observation(
            id=sent.id,
            worker=worker,
            decision=decision,
            visit_id=sent.visit_id,
            priority=sent.priority,
            noticed_at=min(sent.noticed_at, timezone.now()),
        )
        made.keep_text(text)
        made.save(force_insert=True)
        record(
            "write_observation",
            actor=actor,
            subject_type="person",
            subject_id=decision.person_id,
            payload={"observation": made.pk, "priority": made.priority, "decision": decision.pk},
        )
        if made.is_urgent:
            send_after_commit(mail_urgent, made.pk)
    return made


def read_observation(observation: Observation, *, actor: Actor) -> Observation:
    """Note that it was read; the first reader counts."""
    with transaction.atomic():
        kept: Observation = Observation.objects.select_for_update().get(pk=observation.pk)
        if kept.read_at is None:
            _mark_read(kept, actor)
            kept.save(update_fields=["read_at", "read_by", "read_by_name"])
            _record("read_observation", kept, actor)
    return kept


def answer_observation(observation: Observation, text: str, *, actor: Actor) -> Observation:
    """Answer the carer, once. Raises DomainError `text_missing`, `text_long`; Conflict `answered_meanwhile`."""
    said = text.strip()
    if not said:
        raise DomainError("text_missing", _("The answer is empty. Write what is to be done."), field="answer")
    if len(said) > LONGEST:
        raise DomainError(
            "text_long", _("The answer is longer than 2000 characters. Shorten it."), field="answer"
        )
    with transaction.atomic():
        hold_person_of(observation.decision_id)
        kept: Observation = Observation.objects.select_for_update().get(pk=observation.pk)
        if kept.answered_at is not None:
            sentence = _(
                "Somebody has answered this observation meanwhile. Reload the page to read the answer."
            )
            raise Conflict("answered_meanwhile", sentence)
        if kept.read_at is None:
            _mark_read(kept, actor)
        kept.keep_answer(said)
        kept.answered_at, kept.answered_by = timezone.now(), actor.user_id
        kept.answered_by_name = actor.label[:200]
        kept.save()
        _record("answer_observation", kept, actor)
    return kept


def _mark_read(kept: Observation, actor: Actor) -> None:
    kept.read_at, kept.read_by, kept.read_by_name = timezone.now(), actor.user_id, actor.label[:200]


def _record(verb: str, kept: Observation, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        subject_type="observation",
        subject_id=kept.pk,
        payload={"decision": kept.decision_id},
    )
