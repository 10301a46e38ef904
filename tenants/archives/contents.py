"""What lies in an archive and in which order, and the signed list of it all at the end."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kernel.crypto import derived_keys
from kernel.signing import holds, public_half, sign

FORM = "siedem tenant archive 1"
README = "README.txt"
TENANT = "tenant.json"
STATEMENTS = "schema.json"
DICTIONARY = "dictionary.csv"
TABLES = "tables"
PUBLIC = "public"
FILES = "files"
MANIFEST = "manifest.json"
_PURPOSE = "siedem tenant archives"


@dataclass(frozen=True)
class Table:
    """A table as it was written: its plain columns, how many rows, and the SHA-256 of them all as CSV."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    `taken_at` in ISO 8601, UTC; `fingerprint` of the migrations; `members` is the SHA-256 of everything before the list
    by its name in the tar; tables of the schema and of public by name, each as one text; `missing` are keys of files
    that the store could not give, or gave damaged; `entries` and `hash` of the record of actions where it ended.
    """

    form: str
    tenant: str
    slug: str
    name: str
    schema: str
    taken_at: str
    fingerprint: str
    members: dict[str, str]
    tables: dict[str, Table]
    public: dict[str, Table]
    missing: list[str]
    entries: int
    hash: str

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of the files by key."""
        folder = f"{FILES}/"
        return {
            name.removeprefix(folder): digest
            for name, digest in self.members.items()
            if name.startswith(folder)
        }


class ForgedManifest(ValueError):
    """The list at the end of an archive is none of ours, or was changed after it was signed."""


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def signed(told: Mapping[str, Any], *, name: str, purpose: str) -> bytes:
    """A document under `name` with its signature by a key that the newest master key gives for the purpose."""
    signature = sign(derived_keys(purpose)[0], _text(told))
    return json.dumps({name: told, "signature": signature}, indent=1, ensure_ascii=False).encode("utf-8")


def read_signed(document: bytes, *, name: str, purpose: str) -> dict[str, Any]:
    """What an installation with one of these master keys has signed. Raises ForgedManifest otherwise."""
    try:
        read = json.loads(document)
        told, signature = read[name], str(read["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise ForgedManifest("not a document of ours") from error
    if not isinstance(told, dict) or not any(
        holds(public_half(key), _text(told), signature) for key in derived_keys(purpose)
    ):
        raise ForgedManifest("signed by no key of ours")
    return told


def seal(manifest: Manifest) -> bytes:
    """The list, signed by a key that the newest master key gives."""
    return signed(asdict(manifest), name="manifest", purpose=_PURPOSE)


def unseal(document: bytes) -> Manifest:
    """The list that an installation with one of these master keys has signed. Raises ForgedManifest otherwise."""
    told = read_signed(document, name="manifest", purpose=_PURPOSE)
    try:
        tables = {
            part: {name: Table(**one) for name, one in told[part].items()} for part in ("tables", "public")
        }
        manifest = Manifest(**{**told, **tables})
    except (KeyError, TypeError, AttributeError) as error:
        raise ForgedManifest("not the list of an archive") from error
    if manifest.form != FORM:
        raise ForgedManifest("of another form")
    return manifest


class Tally:
    """Counts the rows of a table and takes the digest of their bytes."""

    def __init__(self) -> None:
        self.rows, self._total = 0, hashlib.sha256()

    def add(self, row: bytes | memoryview) -> None:
        self.rows += 1
        self._total.update(row)

    def table(self, columns: list[str]) -> Table:
        return Table(columns, self.rows, self._total.hexdigest())
