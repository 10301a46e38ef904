"""An analyst and a tenant's director write to each other about figures; each word stands in its own side's record."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import Conflict, DomainError
from kernel.stamps import require_unchanged
from kernel.tenancy import PUBLIC, public_scope, require_tenant
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import Note, NoteMessage
from reporting.statistics.periods import Period
from reporting.statistics.queries.notes import stamp_of_note
from reporting.statistics.rules import like_pesel
from reporting.statistics.tasks import mail_note
from tenants.models import Tenant

_NAME_LENGTH = 150
_TEXT_LENGTH = 2000


def write_note(
    tenant: Tenant,
    *,
    topic: str,
    period: Period | None = None,
    indicator: str = "",
    text: str,
    actor: Actor,
) -> Note:
    """Begin a thread of the tenant's voivodeship with it; its directors are told by mail.

    Raises DomainError `text_missing`, `text_too_long`, `like_pesel` or `unknown_indicator`.
    """
    said = _sound(text)
    if indicator and indicator not in {one.code for one in dictionary().indicators}:
        raise DomainError(
            "unknown_indicator",
            _("The dictionary has no such indicator: choose one of the list."),
            field="indicator",
            value=indicator,
        )
    with public_scope(), transaction.atomic():
        note: Note = Note.objects.create(
            voivodeship_id=tenant.voivodeship_id,
            tenant=tenant,
            topic=topic,
            kind=period.kind if period else "",
            period=period.first if period else None,
            indicator=indicator,
        )
        _say(note, NoteMessage.Side.REGION, said, actor)
        record(
            "write_region_note",
            actor=actor,
            subject_type="region_note",
            subject_id=note.pk,
            payload={"tenant": tenant.pk, "topic": topic, "period": period.key if period else None},
        )
    return note


def ask_again(pk: UUID, *, voivodeship: str, text: str, seen: str | None = None, actor: Actor) -> Note:
    """Say more in a thread of the region; it waits for the tenant again.

    Raises what `write_note` does of texts, Note.DoesNotExist for another region's, and Conflict `changed_meanwhile` or
    `note_closed`.
    """
    said = _sound(text)
    with public_scope(), transaction.atomic():
        note = _locked(Note.objects.of_region(voivodeship), pk, seen)
        _say(note, NoteMessage.Side.REGION, said, actor)
        record("ask_in_region_note", actor=actor, subject_type="region_note", subject_id=note.pk)
    return note


def close_note(pk: UUID, *, voivodeship: str, seen: str | None = None, actor: Actor) -> Note:
    """End a thread of the region: nothing more is said in it, and it waits for nobody.

    Raises Note.DoesNotExist for another region's, Conflict `changed_meanwhile` or `note_closed`.
    """
    with public_scope(), transaction.atomic():
        note = _locked(Note.objects.of_region(voivodeship), pk, seen)
        note.state, note.closed_at = Note.State.CLOSED, timezone.now()
        note.closed_by_name = actor.label[:_NAME_LENGTH]
        note.save(update_fields=["state", "closed_at", "closed_by_name"])
        record("close_region_note", actor=actor, subject_type="region_note", subject_id=note.pk)
    return note


def answer_note(pk: UUID, *, text: str, seen: str | None = None, actor: Actor) -> Note:
    """Answer in a thread of the tenant at hand; the region's analysts are told by mail.

    Raises what `write_note` does of texts, Note.DoesNotExist for another tenant's, and Conflict `changed_meanwhile` or
    `note_closed`.
    """
    said = _sound(text)
    with transaction.atomic():
        note = _locked(Note.objects.of_tenant(require_tenant()), pk, seen)
        _say(note, NoteMessage.Side.TENANT, said, actor)
        record("answer_region_note", actor=actor, subject_type="region_note", subject_id=note.pk)
    return note


def _locked(notes: Any, pk: UUID, seen: str | None) -> Note:
    note: Note = notes.select_for_update().get(pk=pk)
    if note.state == Note.State.CLOSED:
        raise Conflict(
            "note_closed", _("This thread is closed: begin a new note if something is still open.")
        )
    require_unchanged(seen, stamp_of_note(note))
    return note


def _say(note: Note, side: str, text: str, actor: Actor) -> None:
    note.messages += 1
    note.state = Note.State.WAITING if side == NoteMessage.Side.REGION else Note.State.ANSWERED
    note.changed_at = timezone.now()
    note.save(update_fields=["messages", "state", "changed_at"])
    message = NoteMessage.objects.create(
        note=note,
        number=note.messages,
        side=side,
        text=text,
        written_at=note.changed_at,
        written_by=actor.user_id,
        written_by_name=actor.label[:_NAME_LENGTH],
    )
    send_after_commit(mail_note, message.pk, schema=PUBLIC)


def _sound(text: str) -> str:
    """The text as it may be kept: something, not too long, no number that could be a person's."""
    said = text.strip()
    if not said:
        raise DomainError(
            "text_missing", _("Write what it is about: the other side reads only this text."), field="text"
        )
    if len(said) > _TEXT_LENGTH:
        raise DomainError(
            "text_too_long",
            _("The text has %(count)s characters; shorten it to %(max)s.")
            % {"count": len(said), "max": _TEXT_LENGTH},
            field="text",
        )
    if like_pesel(said) is not None:
        raise DomainError(
            "like_pesel",
            _(
                "The text has eleven digits in a row, as a PESEL has. Notes are about figures, never about a "
                "person: leave the number out."
            ),
            field="text",
        )
    return said
