"""Reading what is told in confidence: documents decrypted and their chain checked, aliases, names."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.crypto import decrypt
from kernel.errors import Conflict
from reporting.crisis.models import CrisisCase, CrisisDocument
from reporting.crisis.rules import GENESIS, Link, content_hash, first_broken
from reporting.crisis.words import labelled

UNREADABLE = gettext_lazy(
    "This version is not as it was written and cannot be read. Tell the administrator of the system."
)

_ERASED: dict[str, Any] = {"fields": {}, "salt": ""}


@dataclass(frozen=True)
class Reading:
    """A version of a document as a person reads it."""

    document: CrisisDocument
    fields: dict[str, str]
    salt: str

    @property
    def lines(self) -> list[tuple[object, str]]:
        return [(name, text) for name, text in labelled(self.document.kind, self.fields)]


def read_document(document: CrisisDocument) -> Reading:
    """The text of a version. The caller has asked whether the person may, and records the reading.

    Raises Conflict `version_unreadable` where the ciphertext is not what was stored.
    """
    if document.is_erased:
        return Reading(document, **_ERASED)
    try:
        told = json.loads(decrypt(bytes(document.body)))
    except InvalidToken as error:
        raise Conflict("version_unreadable", UNREADABLE) from error
    return Reading(document, told["fields"], told["salt"])


def filled_fields(cases: Collection[UUID]) -> dict[UUID, dict[str, set[str]]]:
    """Case → kind of document → codes of the fields that its newest version fills; no text leaves. One query.

    A version that cannot be read fills nothing. Continuation cards, of which a case has many, are left out.
    """
    rows = CrisisDocument.objects.filter(case_id__in=list(cases)).exclude(
        kind=CrisisDocument.Kind.CONTINUATION
    )
    versions = rows.select_related("case__person").order_by("version")
    newest = {(row.case_id, row.kind): row for row in versions}
    found: dict[UUID, dict[str, set[str]]] = {}
    for (case, kind), row in newest.items():
        try:
            told = read_document(row).fields
        except Conflict:
            told = {}
        found.setdefault(case, {})[kind] = {code for code, text in told.items() if text.strip()}
    return found


def identity_of(case: CrisisCase) -> str:
    """Who is helped, in words. The caller has asked whether the person may be told."""
    if case.identity == CrisisCase.Identity.PERSON:
        return f"{case.person} ({case.person.code})" if case.person else ""
    if case.identity == CrisisCase.Identity.ALIAS and case.alias_encrypted is not None:
        return decrypt(bytes(case.alias_encrypted))
    return _("anonymous person")


@dataclass(frozen=True)
class ChainOfCase:
    """All versions of a case in their order, the last hash, and the first version that does not hold, if one."""

    readings: list[Reading]
    last_hash: str
    broken: int | None


def chain_of(case: CrisisCase) -> ChainOfCase:
    """Decrypt and check the whole chain of a case; one query, two more where a text is gone.

    A text that cannot be decrypted breaks it where it is, and so does one that is gone unlawfully (`is_erased`).
    """
    documents = list(case.documents.order_by("sequence"))
    texts: list[str | None] = []
    for place, document in enumerate(documents, start=1):
        if document.is_erased:
            texts.append(None)
            continue
        try:
            texts.append(decrypt(bytes(document.body)))
        except InvalidToken:
            return ChainOfCase([], documents[-1].hash, place)
    links = [
        (
            Link(
                case=str(document.case_id),
                sequence=document.sequence,
                kind=document.kind,
                series=str(document.series),
                version=document.version,
                content_hash=document.content_hash,
                written_at=document.written_at,
                author=document.author_name,
                previous=document.previous_hash,
            ),
            document.hash,
            # Of an erased text the hash is all that is left: the chain holds by it.
            document.content_hash if text is None else content_hash(text),
        )
        for document, text in zip(documents, texts, strict=True)
    ]
    told = [_ERASED if text is None else json.loads(text) for text in texts]
    readings = [
        Reading(document, one["fields"], one["salt"]) for document, one in zip(documents, told, strict=True)
    ]
    return ChainOfCase(readings, documents[-1].hash if documents else GENESIS, first_broken(links))
