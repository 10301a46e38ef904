"""Verbs on questionnaires: write, change (a published one in its next version), publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.supervision.actions.typed import NAME_LENGTH
from reporting.supervision.locking import lock
from reporting.supervision.models import Questionnaire
from reporting.supervision.rules.surveys import is_question

_State = Questionnaire.State


@dataclass(frozen=True)
class QuestionnaireEntry:
    """What is asked and of whom; `questions` as the model keeps them."""

    title: str
    audience: str
    questions: Sequence[dict[str, Any]]


def questionnaire_stamp(row: Questionnaire) -> str:
    """What somebody saw who began to change."""
    return stamp_of(row.title, row.audience, row.questions, row.state)


def write_questionnaire(entry: QuestionnaireEntry, *, actor: Actor) -> Questionnaire:
    """Write the draft of a new questionnaire. Raises DomainError naming what is missing."""
    with transaction.atomic():
        row = Questionnaire()
        _set(row, entry)
        row.save(force_insert=True)
        _note("write_questionnaire", row, actor)
    return row


def change_questionnaire(
    questionnaire: Questionnaire, entry: QuestionnaireEntry, *, seen: str | None = None, actor: Actor
) -> Questionnaire:
    """Change a draft; of a published version, which stays as it is, write the next one as a draft.

    Raises DomainError `draft_exists` where the next version is being written already; Conflict after another's change.
    """
    with transaction.atomic():
        row: Questionnaire = lock(questionnaire)
        require_unchanged(seen, questionnaire_stamp(row))
        if row.state == _State.DRAFT:
            _set(row, entry)
            row.save(update_fields=["title", "audience", "questions"])
        else:
            row = _next_version(row)
            _set(row, entry)
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError as error:
                raise _draft_exists() from error
        _note("change_questionnaire", row, actor)
    return row


def publish_questionnaire(questionnaire: Questionnaire, *, actor: Actor) -> Questionnaire:
    """Publish a draft: from now on it is frozen, and surveys can ask it. Raises DomainError once published."""
    with transaction.atomic():
        row: Questionnaire = lock(questionnaire)
        if row.state != _State.DRAFT:
            raise DomainError("wrong_state", _("This version is published already and stays as it is."))
        row.state, row.published_at = _State.PUBLISHED, timezone.now()
        row.published_by_name = actor.label[:NAME_LENGTH]
        row.save(update_fields=["state", "published_at", "published_by_name"])
        _note("publish_questionnaire", row, actor)
    return row


def _next_version(row: Questionnaire) -> Questionnaire:
    newest = Questionnaire.objects.filter(series=row.series).order_by("-version").first()
    if newest.state == _State.DRAFT:
        raise _draft_exists()
    return Questionnaire(series=row.series, version=newest.version + 1)


def _draft_exists() -> DomainError:
    return DomainError(
        "draft_exists",
        _("The next version is being written already: change that draft, or publish it first."),
    )


def _set(row: Questionnaire, entry: QuestionnaireEntry) -> None:
    row.title, row.audience, row.questions = entry.title.strip(), entry.audience, list(entry.questions)
    if not row.questions:
        raise DomainError("no_questions", _("A questionnaire needs at least one question."), field="title")
    wrong = next((at for at, one in enumerate(row.questions, start=1) if not is_question(one)), None)
    if wrong is not None:
        raise DomainError(
            "not_a_question",
            _(
                "Only a question with a choice has options, and it has at least two different ones: "
                "correct the questions."
            ),
            field="title",
            value=wrong,
        )
    require_valid(row, exclude=["series"])


def _note(verb: str, row: Questionnaire, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        subject_type="questionnaire",
        subject_id=row.pk,
        payload={"version": row.version, "state": row.state, "questions": len(row.questions)},
    )
