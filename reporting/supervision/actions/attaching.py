"""Keeping the files of an answer, in the transaction of the answer."""

from collections.abc import Sequence

from documents.actions import store_file
from documents.uploads import Upload
from kernel.access import Actor
from reporting.supervision.models import Attachment, Breach, Inspection

_FOLDER = "supervision"


def attach(answered: Inspection | Breach, files: Sequence[Upload], *, actor: Actor) -> list[str]:
    """Keep files that were checked with what was answered; gives their SHA-256. Raises ServerAway."""
    of = {"inspection": answered} if isinstance(answered, Inspection) else {"breach": answered}
    kept = [
        store_file(
            one.content,
            name=one.name,
            content_type=one.content_type,
            folder=_FOLDER,
            actor=actor,
            brought=True,
        )
        for one in files
    ]
    for stored in kept:
        Attachment.objects.create(file=stored, **of)
    return [stored.sha256 for stored in kept]
