"""Confidential notes: written by the adviser, read by the author and deputies; each reading is recorded."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from audit.actions import record, record_reading
from kernel.access import Access, Actor
from kernel.crypto import decrypt, encrypt
from kernel.errors import DomainError, NotAllowed
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.advice.models import Appointment, Note, NoteDeputy
from reporting.advice.permissions import beside, card_readers, may_write_note, readable_notes
from reporting.advice.terms import current_terms
from reporting.care.locking import hold_known
from ui.formatting import format_date_text

LONGEST_NOTE = 20_000


def note_stamp(note: Note | None) -> str:
    """The stamp of the note as it stands; of none, too."""
    return stamp_of(note and note.pk, note and note.changed_at)


def write_note(
    appointment: Appointment, text: str, *, access: Access, seen: str | None = None, actor: Actor
) -> Note:
    """Write or replace the note of an appointment. The audit line says that, never what.

    Raises NotAllowed unless the actor is its adviser and its author, and Conflict where it changed meanwhile.
    """
    verdict = may_write_note(access, appointment)
    if not verdict or actor.user_id is None:
        raise NotAllowed("not_author", verdict.reason)
    with transaction.atomic():
        hold_known(appointment.person_id)
        Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
        note: Note | None = Note.objects.select_for_update().filter(appointment=appointment).first()
        require_unchanged(seen, note_stamp(note))
        if note is None:
            note = Note(appointment=appointment, author_id=actor.user_id, author_name=actor.label)
        elif note.author_id != actor.user_id:
            raise NotAllowed(
                "not_author", _("Another adviser has written the note of this appointment; it stays theirs.")
            )
        note.content, note.changed_at = encrypt(text), timezone.now()
        note.save()
        record("write_advice_note", actor=actor, subject_type="advice", subject_id=appointment.pk)
    return note


def read_note(appointment: Appointment, *, actor: Actor) -> tuple[Note, str] | None:
    """The note and its text; None where there is none. That it was read is recorded.

    Raises NotAllowed for everybody but its author and the deputies whom the author named for today.
    """
    note: Note | None = Note.objects.filter(appointment=appointment).first()
    if note is None:
        return None
    if not readable_notes(actor.user_id, timezone.localdate()).filter(pk=note.pk).exists():
        raise NotAllowed(
            "note_closed",
            _(
                "The note is read by its author and the deputies whom the author has named, and by nobody else."
            ),
        )
    record_reading("advice:note", actor=actor, subject_type="advice", subject_ids=[appointment.pk])
    return note, decrypt(bytes(note.content))


def possible_deputies(author_id: UUID | None) -> dict[UUID, str]:
    """Who may become the author's deputy, by account, with their names: members of the author's own organisation, or
    of the unit for its own staff, who may read cards."""
    if author_id is None:
        return {}
    readers = card_readers()
    sides = readers.filter(user_id=author_id).values_list("organisation_id", flat=True)
    people = readers.filter(beside(sides)).exclude(user_id=author_id).order_by("user__full_name")
    return dict(people.values_list("user_id", "user__full_name"))


def name_deputy(deputy_id: UUID, valid_from: date, valid_to: date, *, actor: Actor) -> NoteDeputy:
    """Let somebody read the actor's notes from a day to a day.

    Raises DomainError `no_deputy` for somebody who cannot be one, `too_long` for more days than the unit allows,
    `already_over` where the last day has passed.
    """
    if actor.user_id is None or deputy_id not in possible_deputies(actor.user_id):
        raise DomainError(
            "no_deputy", _("Choose somebody from the list: a person who may read cards here."), field="deputy"
        )
    most, asked = current_terms().deputy_days, (valid_to - valid_from).days + 1
    if asked > most:
        raise DomainError(
            "too_long",
            ngettext_lazy(
                "That is %(asked)s days, and a deputy is named for %(most)s day at most here. Choose an earlier last "
                "day; you can name the deputy anew when the time is over.",
                "That is %(asked)s days, and a deputy is named for %(most)s days at most here. Choose an earlier last "
                "day; you can name the deputy anew when the time is over.",
                most,
            )
            % {"asked": asked, "most": most},
            field="valid_to",
        )
    if valid_from <= valid_to < timezone.localdate():
        raise DomainError(
            "already_over",
            _("%(day)s has passed: nobody would read anything. Choose a last day from today on.")
            % {"day": format_date_text(valid_to)},
            field="valid_to",
        )
    deputy = NoteDeputy(
        author_id=actor.user_id, deputy_id=deputy_id, valid_from=valid_from, valid_to=valid_to
    )
    with transaction.atomic():
        require_valid(deputy)
        deputy.save(force_insert=True)
        record(
            "name_note_deputy",
            actor=actor,
            subject_type="note_deputy",
            subject_id=deputy.pk,
            payload={"deputy": deputy_id, "from": valid_from, "to": valid_to},
        )
    return deputy


def end_deputy(deputy: NoteDeputy, *, actor: Actor) -> None:
    """Take the right back at once; done by the author only, which the caller has checked by finding it among theirs."""
    with transaction.atomic():
        record(
            "end_note_deputy",
            actor=actor,
            subject_type="note_deputy",
            subject_id=deputy.pk,
            payload={"deputy": deputy.deputy_id, "from": deputy.valid_from, "to": deputy.valid_to},
        )
        deputy.delete()
