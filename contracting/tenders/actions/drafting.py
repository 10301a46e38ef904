"""Writing an offer before it is handed in: drafts that several people save, and encrypted files.

Savings of a draft leave no line in the record, which the unit reads: who saved last is kept with the draft. What the
record tells before the opening names no bidder (BIDDER).
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.clock import database_now
from contracting.tenders.content import SECTIONS, Content, empty_content
from contracting.tenders.models import Call, Lot, Offer, OfferFile
from contracting.tenders.rules.budget import with_sums
from contracting.tenders.rules.figures import section_of, stored_section, with_section
from contracting.tenders.rules.merging import Clash, merge
from documents.actions import open_file, remove_file, store_file
from documents.models import StoredFile
from documents.uploads import Upload
from kernel import crypto
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import require_tenant
from tenants.models import Organisation, Partnership

# Until the opening the record says that a bidder did something, never who; persons stand in the offer's own rows.
BIDDER = Actor.system("bidder")
MOST_FILES = 20
_FOLDER = "offers"


def encrypt_content(content: Content) -> bytes:
    return crypto.encrypt(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def read_draft(offer: Offer) -> Content | None:
    """The draft of an offer, decrypted; None where nothing is being written."""
    if offer.draft is None:
        return None
    content: Content = json.loads(crypto.decrypt(bytes(offer.draft)))
    return {**empty_content(), **content}


def lock_offer(offer: Offer) -> Offer:
    """The offer's row, held until the transaction ends."""
    locked: Offer = Offer.objects.select_for_update().get(pk=offer.pk)
    return locked


def content_of(locked: Offer) -> Content:
    """The draft of a locked offer. Raises DomainError `no_draft`."""
    content = read_draft(locked)
    if content is None:
        raise DomainError(
            "no_draft",
            _("This offer is handed in and no draft is open. Open it for a replacement to change something."),
        )
    return content


def keep_draft(locked: Offer, content: Content, *, actor: Actor) -> None:
    """Store a content as the draft of a locked offer and count its version up."""
    locked.draft = encrypt_content(with_sums(content))
    locked.draft_version += 1
    locked.draft_saved_at = timezone.now()
    locked.draft_saved_by = actor.user_id
    locked.save(update_fields=["draft", "draft_version", "draft_saved_at", "draft_saved_by"])


def first_content(organisation: Organisation, call: Call) -> Content:
    """What is known of a new offer: the bidder's own data and the dates of the task."""
    content = empty_content()
    content["bidder"] = {
        "name": organisation.name,
        "legal_form": str(organisation.get_legal_form_display()),
        "nip": organisation.nip or "",
        "krs": organisation.krs or "",
        "address": getattr(organisation, "address", "") or "",
    }
    content["task"] = {
        "from": call.task_from.isoformat() if call.task_from else "",
        "to": call.task_to.isoformat() if call.task_to else "",
    }
    return content


def start_offer(lot: Lot, organisation: Organisation, *, actor: Actor) -> Offer:
    """A new offer of an organisation for a lot, with what is known written in.

    Raises DomainError `call_takes_no_offers`, `not_a_partner` or `offer_exists`.
    """
    call = close_if_due(lot.call)
    if not call.takes_offers(database_now()):
        raise DomainError(
            "call_takes_no_offers", _("This call takes no offers now: its deadline has passed.")
        )
    current = Partnership.objects.current().filter(tenant_id=require_tenant().pk, organisation=organisation)
    if not current.exists():
        raise DomainError("not_a_partner", _("This organisation is no partner of the unit."))
    try:
        with transaction.atomic():
            offer: Offer = Offer.objects.create(
                call=call,
                lot=lot,
                organisation=organisation,
                draft=encrypt_content(with_sums(first_content(organisation, call))),
                draft_version=1,
                draft_saved_at=timezone.now(),
                draft_saved_by=actor.user_id,
                created_by=actor.user_id or UUID(int=0),
            )
            record("start_offer", actor=BIDDER, subject_type="offer", subject_id=offer.pk)
    except IntegrityError as error:
        raise DomainError(
            "offer_exists", _("Your organisation has an offer for this part already: open it.")
        ) from error
    return offer


@dataclass(frozen=True)
class Saved:
    """A section after saving: its value, the version of the draft, and what two people changed differently."""

    content: Content
    value: Any
    version: int
    clashes: list[Clash] = field(default_factory=list)


def save_section(offer: Offer, key: str, *, base: Any, value: Any, actor: Actor) -> Saved:
    """Save what was typed in a section, over what stood there when the author looked (`base`).

    What another author changed meanwhile in other fields stays; where both changed one field differently theirs stays,
    and the clash is told with both values. Raises DomainError `no_draft`.
    """
    section = SECTIONS[key]
    seen, sent = stored_section(section, base), stored_section(section, value)
    with transaction.atomic():
        locked = lock_offer(offer)
        content = content_of(locked)
        current = stored_section(section, section_of(content, key))
        if key == "partners":
            sent = _of_partners(current, sent)
        merged = merge(seen, current, sent)
        if merged.value != current:
            content = with_sums(with_section(content, key, merged.value))
            keep_draft(locked, content, actor=actor)
    return Saved(content, section_of(content, key), locked.draft_version, merged.clashes)


def _of_partners(current: list[dict[str, Any]], sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who the partners are is told by add_partner; here only what they do and who represents them."""
    typed = {row["organisation"]: row for row in sent}
    return [
        {**row, **{k: typed.get(row["organisation"], row)[k] for k in ("does", "represented_by")}}
        for row in current
    ]


def store_encrypted(token: bytes, *, actor: Actor, brought: bool = False) -> Any:
    """Keep ciphertext; neither its name nor its kind tells what it is. `brought` is encrypted with the tenant's key."""
    return store_file(
        token,
        name="offer",
        content_type="application/octet-stream",
        folder=_FOLDER,
        actor=actor,
        brought=brought,
        is_encrypted=brought,
    )


def add_file(offer: Offer, upload: Upload, *, purpose: str, actor: Actor) -> dict[str, Any]:
    """Put a checked file into the draft, encrypted; `purpose` is the name of the required file it is, or "".

    Returns its line of the content. Raises DomainError `too_many_files`, `file_twice`, ServerAway.
    """
    line = {
        "key": new_id().hex,
        "name": upload.name[:120],
        "size": len(upload.content),
        "sha256": hashlib.sha256(upload.content).hexdigest(),
        "content_type": upload.content_type,
        "for": purpose if purpose in offer.call.required_files else "",
    }
    with transaction.atomic():
        locked = lock_offer(offer)
        content = content_of(locked)
        if len(content["files"]) >= MOST_FILES:
            raise DomainError(
                "too_many_files",
                _("An offer holds at most %(most)s files: remove one first.") % {"most": MOST_FILES},
                field="file",
            )
        if any(
            other["sha256"] == line["sha256"] and other["for"] == line["for"] for other in content["files"]
        ):
            raise DomainError(
                "file_twice", _("This file is in the offer already."), field="file", value=upload.name
            )
        stored = store_encrypted(crypto.encrypt_bytes(upload.content), actor=actor, brought=True)
        OfferFile.objects.create(offer=locked, key=line["key"], stored=stored)
        keep_draft(locked, {**content, "files": [*content["files"], line]}, actor=actor)
    return line


def drop_file(offer: Offer, key: str, *, actor: Actor) -> None:
    """Take a file out of the draft."""
    with transaction.atomic():
        locked = lock_offer(offer)
        content = content_of(locked)
        kept = [line for line in content["files"] if line["key"] != key]
        keep_draft(locked, {**content, "files": kept}, actor=actor)
        for row in OfferFile.objects.filter(offer=locked, sealed__isnull=True, key=key).select_related(
            "stored"
        ):
            row.delete()
            remove_file(row.stored)


def files_of_draft(offer: Offer, content: Content) -> list[dict[str, Any]]:
    """The lines of the draft's files, of which only the draft knows the names, each with its `stored` file.

    `is_kept_back` says that nobody will get it: it holds a virus, which `stops` the handing in, or could not be
    checked for one.
    """
    rows = OfferFile.objects.filter(offer=offer, sealed__isnull=True).select_related("stored")
    stored = {row.key: row.stored for row in rows}
    told = []
    for line in content["files"]:
        file = stored.get(line["key"])
        scan = file.scan if file else ""
        stops = scan == StoredFile.Scan.INFECTED
        is_kept_back = stops or scan == StoredFile.Scan.FAILED
        told.append({**line, "stored": file, "is_kept_back": is_kept_back, "stops": stops})
    return told


def files_not_had(offer: Offer, content: Content) -> list[dict[str, Any]]:
    """Of these lines those that are kept back or wait for the scanner; what stops the handing in comes first."""
    lines = [
        line
        for line in files_of_draft(offer, content)
        if line["is_kept_back"] or (line["stored"] and line["stored"].scan == StoredFile.Scan.WAITING)
    ]
    return sorted(lines, key=lambda line: (not line["stops"], not line["is_kept_back"]))


def draft_file(offer: Offer, line: dict[str, Any]) -> bytes:
    """The content of a file of the draft, by its line.

    Raises DomainError `file_missing` or `file_damaged`, InQuarantine, ServerAway.
    """
    key = line["key"]
    row = OfferFile.objects.select_related("stored").filter(offer=offer, sealed__isnull=True, key=key).first()
    if row is None:
        raise DomainError("file_missing", _("This file is not in the draft."))
    with open_file(row.stored, called=line["name"]) as file:
        return crypto.decrypt_bytes(file.read())


def drop_draft(locked: Offer) -> None:
    """Empty the draft of a locked offer, files and all; inside a transaction."""
    rows = list(OfferFile.objects.filter(offer=locked, sealed__isnull=True).select_related("stored"))
    for row in rows:
        row.delete()
        remove_file(row.stored)
    locked.draft = None
    locked.save(update_fields=["draft"])
