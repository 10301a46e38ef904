"""Questions on a call: asked by bidders' people, answered in public, the asker unknown to everybody."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import tasks
from contracting.tenders.clock import database_now
from contracting.tenders.models import Call, Question
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError
from kernel.validation import require_valid

NOBODY = UUID(int=0)
# Empty until the answer, and the mail about it.
_LATER = ("answered_at", "answered_by", "notified_at")
# The record of actions is read by the unit, from which the asker is hidden too.
_SOMEBODY = Actor.system("bidder")


def ask_question(call: Call, *, text: str, organisation_id: UUID, actor: Actor) -> Question:
    """Ask something about a call while it takes offers. Raises DomainError `call_not_open`, `invalid`."""
    with transaction.atomic():
        locked: Call = Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        if not locked.takes_offers(database_now()):
            raise DomainError(
                "call_not_open",
                _("Questions are taken until the deadline for offers. It has passed, or the call is over."),
                field="state",
                value=locked.state,
            )
        question = Question(
            call=locked, text=text.strip(), asked_by=actor.user_id or NOBODY, organisation_id=organisation_id
        )
        require_valid(question, exclude=["call", *_LATER])
        question.save()
        record(
            "ask_question",
            actor=_SOMEBODY,
            subject_type="call",
            subject_id=locked.pk,
            payload={"question": question.pk},
        )
    return question


def answer_question(question: Question, *, answer: str, actor: Actor) -> Question:
    """Answer in public; question and answer stand on the board from now on. Raises DomainError `answered_already`."""
    with transaction.atomic():
        locked: Question = Question.objects.select_for_update().get(pk=question.pk)
        if locked.answered_at is not None:
            raise DomainError(
                "answered_already",
                _(
                    "The question is answered already, in public. What the answer lacks, publish as an amendment."
                ),
                field="answer",
            )
        locked.answer = answer.strip()
        locked.answered_at, locked.answered_by = database_now(), actor.user_id
        require_valid(locked, exclude=["call", "notified_at"])
        locked.save()
        Call.objects.get(pk=locked.call_id).save(update_fields=["changed_at"])
        record(
            "answer_question",
            actor=actor,
            subject_type="call",
            subject_id=locked.call_id,
            payload={"question": locked.pk},
        )
        send_after_commit(tasks.notify_answer, locked.pk)
    return locked
