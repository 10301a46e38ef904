"""Threads between a region and its tenants, as their pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.stamps import stamp_of
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import Note, NoteMessage
from reporting.statistics.periods import Period
from reporting.statistics.words import words_of


@dataclass(frozen=True)
class Thread:
    """A note with what it is about in words; `said` are its messages in order, where they were asked for."""

    note: Note
    said: tuple[NoteMessage, ...] = ()

    @property
    def period(self) -> Period | None:
        return Period(self.note.kind, self.note.period) if self.note.period else None

    @property
    def indicator_name(self) -> str:
        """The name of the indicator in its newest version; empty where the note is about none."""
        found = [one for one in dictionary().indicators if one.code == self.note.indicator]
        return words_of(found[-1]).name if found else ""

    @property
    def about(self) -> str:
        """Period and indicator in words; empty where the note is about neither."""
        period = self.period
        return ", ".join(part for part in (period.name if period else "", self.indicator_name) if part)

    @property
    def stamp(self) -> str:
        return stamp_of_note(self.note)


def stamp_of_note(note: Note) -> str:
    """What changes with every message and with the closing."""
    return stamp_of(note.messages, note.state)


def threads_of(notes: Iterable[Note]) -> list[Thread]:
    """The notes of a list, without their messages."""
    return [Thread(note) for note in notes]


def thread_of(note: Note) -> Thread:
    """One note with all that was said; one query."""
    return Thread(note, tuple(NoteMessage.objects.filter(note=note)))
