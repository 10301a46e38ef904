"""The certificate of an erasure: what was erased, what is kept and why, signed as the record's checkpoints are."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from audit.storage import checkpoint_store
from documents.pdf import render_pdf
from tenants.archives import contents

FORM = "siedem erasure certificate 1"
PURPOSE = "siedem erasure certificates"
_FOLDER = "erasures"
# The last base backup with the tenant goes when the one after it is old enough, and old ones are looked for daily.
_AFTER_BACKUP_DAYS = timedelta(days=2)
_TEMPLATE = Path(__file__).with_name("certificate.typ")


def sealed(facts: Mapping[str, Any]) -> str:
    """The signed document; it says in both languages what is kept."""
    kept = {}
    for language in ("pl", "en"):
        with translation.override(language):
            kept[language] = _kept(str(facts["erased_at"]))
    told = {"form": FORM, **facts, "kept": kept}
    return contents.signed(told, name="certificate", purpose=PURPOSE).decode("utf-8")


def read(document: str) -> dict[str, Any]:
    """What a certificate says. Raises ForgedManifest where it is none of ours, or was changed."""
    return contents.read_signed(document.encode("utf-8"), name="certificate", purpose=PURPOSE)


def keep_outside(schema: str, document: str) -> None:
    """Put the certificate beside the checkpoints, once. Raises ServerAway where their store is away.

    It bears its own hash in its name: a tenant that a restoration brought back is erased with another certificate.
    """
    content, store = document.encode("utf-8"), checkpoint_store()
    name = f"{_FOLDER}/{schema}.{hashlib.sha256(content).hexdigest()}.json"
    if name not in store.names(_FOLDER):
        store.put(name, content)


def kept_outside() -> frozenset[str]:
    """The schemas of whose erasure a certificate lies beside the checkpoints. Raises ServerAway."""
    return frozenset(
        name.removeprefix(f"{_FOLDER}/").partition(".")[0] for name in checkpoint_store().names(_FOLDER)
    )


def _kept(erased_at: str) -> list[str]:
    return [
        _(
            "Released statistics and the signed batches they were made of: sums without persons, on which others stand."
        ),
        _("Name, territory and address of the tenant, so that past statistics can be read."),
        _("Signed checkpoints of its record of actions, outside the database: hashes that name no person."),
        _(
            "The platform's own record of actions (accounts, sign-ins, this erasure), as accountability demands."
        ),
        _("Accounts of people who work elsewhere too."),
        _backups(erased_at),
        _(
            "Exports and archives made before: whoever holds the identity for which one was encrypted opens it; "
            "personal data in an archive need the installation's master key too."
        ),
    ]


def _backups(erased_at: str) -> str:
    """What of ciphertext remains in copies of the whole cluster, who could read it, and until when."""
    if settings.BACKUPS == "own":
        until = (
            localdate(datetime.fromisoformat(erased_at))
            + timedelta(days=settings.BACKUP_DAYS)
            + _AFTER_BACKUP_DAYS
        )
        return _(
            "Backups of the whole cluster, until %(until)s: they hold its ciphertext, its files and, wrapped by the "
            "installation's master key, the key that opens them, so whoever restores one with that master key could "
            "read them. Restored, it is to be erased again."
        ) % {"until": f"{until:%Y-%m-%d}"}
    if settings.BACKUPS:
        return _(
            "Backups of the whole cluster that other programs than this one take: they hold its ciphertext, its files "
            "and, wrapped by the installation's master key, the key that opens them. How long they are kept is not "
            "known here; this installation is set to %(days)s days."
        ) % {"days": settings.BACKUP_DAYS}
    return _(
        "This installation names nobody who backs it up: for copies of its database that there may be, its operator "
        "answers."
    )


def as_pdf(document: str) -> bytes:
    """The certificate for people, in the language at hand."""
    told = read(document)
    signature = json.loads(document)["signature"]
    language = (translation.get_language() or "pl")[:2]
    export, record = told["export"], told["record"]
    facts = {
        "lang": language,
        "unit": told["unit_name"],
        "title": _("Certificate of erasure"),
        "foot": f"SHA-256 {told['sha256_of_facts'][:32]}…",
        "head": [
            [_("Tenant"), f"{told['name']} (/{told['slug']}/)"],
            [_("Reason"), told["reason"]],
            [_("Asked by"), told["asked_by"]],
            [_("Confirmed by"), told["confirmed_by"]],
            [_("Begun"), _instant(told["begun_at"])],
            [_("Finished on"), _instant(told["erased_at"])],
        ],
        "sections": [
            {
                "title": _("Erased"),
                "lines": [
                    _("%(tables)s tables with %(rows)s rows, with the schema that held them")
                    % {"tables": len(told["tables"]), "rows": sum(told["tables"].values())},
                    _("%(files)s files with all their earlier versions") % {"files": told["files"]},
                    _(
                        "The key that encrypted personal data, as the database held it; what is said below of backups "
                        "holds of its copies."
                    ),
                    _("%(count)s memberships and %(invitations)s invitations")
                    % {"count": told["memberships"], "invitations": told["invitations"]},
                    _("%(count)s accounts of people who worked nowhere else were made anonymous")
                    % {"count": told["people"]},
                    _("Its record of actions: %(count)s entries, the last with hash %(hash)s")
                    % {"count": record["entries"], "hash": record["hash"] or "–"},
                ],
            },
            {
                "title": _("Taken along before"),
                "lines": [
                    _("Export or archive of %(at)s, whose signed list has SHA-256 %(hash)s")
                    % {"at": _instant(export["taken_at"]), "hash": export["manifest_sha256"]},
                    _("Files already missing from the store then: %(count)s") % {"count": export["missing"]},
                    _("Files in which a virus had been found, without content: %(count)s")
                    % {"count": export.get("infected", 0)},
                    _("Files that no scanner could check, given up: %(count)s")
                    % {"count": export.get("failed", 0)},
                ],
            },
            {"title": _("Kept, and why"), "lines": told["kept"][language]},
        ],
        "tables": {
            "title": _("Rows by table"),
            "head": [_("Table"), _("Rows")],
            "rows": [[name, str(rows)] for name, rows in sorted(told["tables"].items()) if rows],
        },
        "signature": [_("Signature (Ed25519)"), signature[:64], signature[64:]],
    }
    return render_pdf(_TEMPLATE, facts)


def _instant(text: str) -> str:
    instant = parse_datetime(text)
    return f"{localtime(instant):%Y-%m-%d %H:%M}" if instant else text
