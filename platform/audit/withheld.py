"""Entries that the record keeps and shows to nobody yet: an app says which of them, and until when."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from audit.models import Entry
from kernel.errors import Sentence


@dataclass(frozen=True)
class Withheld:
    """Which entries of the tenant at hand are not shown, and the sentence that says what may be missing."""

    entries: Q
    sentence: Sentence


# Gives None while nothing is to be withheld; whether such entries exist must not follow from its answer.
Source = Callable[[], Withheld | None]

_SOURCES: list[Source] = []


def withhold(source: Source) -> None:
    """Let an app say what is withheld; called once at start. The same function twice counts once."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def shown_entries() -> tuple[QuerySet[Entry], list[Sentence]]:
    """The entries of the tenant at hand that may be read now, and what may be missing among them, in sentences."""
    entries, sentences = Entry.objects.all(), []
    for source in _SOURCES:
        withheld = source()
        if withheld is not None:
            entries = entries.exclude(withheld.entries)
            sentences.append(withheld.sentence)
    return entries, sentences
