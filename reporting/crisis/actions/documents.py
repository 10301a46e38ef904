"""Verbs on cards and plans: each writes one more version onto the chain of the case."""

from secrets import token_hex
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.errors import Conflict, DomainError
from kernel.ids import new_id
from reporting.crisis.actions.cases import locked_case
from reporting.crisis.models import CrisisCase, CrisisDocument
from reporting.crisis.rules import FIELDS, GENESIS, Link, canonical, content_hash, link_hash


def write_document(case: CrisisCase, kind: str, fields: dict[str, str], *, actor: Actor) -> CrisisDocument:
    """Write a card or plan; of all kinds but the continuation card a case has one, which gets further versions.

    Raises DomainError with the field that is wrong.
    """
    with transaction.atomic():
        locked = locked_case(case)
        if kind != CrisisDocument.Kind.CONTINUATION and locked.documents.filter(kind=kind).exists():
            raise DomainError(
                "document_exists",
                _("The case has this document already: open it and write a new version."),
            )
        return _append(locked, kind, new_id(), 1, fields, "write_crisis_document", actor)


def revise_document(
    document: CrisisDocument, fields: dict[str, str], *, seen: int, actor: Actor
) -> CrisisDocument:
    """Write a further version of a document; the earlier ones stay readable. `seen` is the version that was edited.

    Raises Conflict where somebody wrote a version meanwhile, DomainError with the field that is wrong.
    """
    with transaction.atomic():
        locked = locked_case(document.case)
        newest = locked.documents.filter(series=document.series).latest("version")
        if newest.version != seen:
            raise Conflict(
                "changed_meanwhile",
                _(
                    "Somebody wrote version %(version)s meanwhile. Your text is still in the form: read that version "
                    "in another tab, and save once more to write yours after it."
                )
                % {"version": newest.version},
                current={"stamp": str(newest.version)},
            )
        return _append(
            locked,
            document.kind,
            document.series,
            newest.version + 1,
            fields,
            "revise_crisis_document",
            actor,
        )


def _append(
    case: CrisisCase, kind: str, series: UUID, version: int, fields: dict[str, str], verb: str, actor: Actor
) -> CrisisDocument:
    told = {code: fields.get(code, "").strip() for code in FIELDS[kind]}
    first = FIELDS[kind][0]
    if not told[first]:
        raise DomainError(
            "empty_document", _("This field must not stay empty: write at least a sentence."), field=first
        )
    text = canonical(token_hex(16), told)
    last = case.documents.order_by("-sequence").first()
    link = Link(
        case=str(case.pk),
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        series=str(series),
        version=version,
        content_hash=content_hash(text),
        written_at=timezone.now(),
        author=actor.label,
        previous=last.hash if last else GENESIS,
    )
    document = CrisisDocument(
        case=case,
        kind=kind,
        series=series,
        version=version,
        sequence=link.sequence,
        body=encrypt(text),
        content_hash=link.content_hash,
        previous_hash=link.previous,
        hash=link_hash(link),
        written_at=link.written_at,
        author_id=actor.user_id,
        author_name=actor.label,
    )
    document.save(force_insert=True)
    # The hash goes into the tenant's own chain of audit entries, so that a whole chain cannot be written anew.
    record(
        verb,
        actor=actor,
        subject_type="crisis_case",
        subject_id=case.pk,
        payload={"kind": kind, "version": version, "sequence": link.sequence, "hash": document.hash},
    )
    return document
