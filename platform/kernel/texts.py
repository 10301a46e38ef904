"""Catalogues of translations: found, compiled, and compared with the texts that the code really shows."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed

SOURCES = ("platform", "tenants", "contracting", "reporting")
POLISH_PLURALS = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[diouxXeEfFgGcrsa]|\{(\w*)\}|%[diouxXeEfFgGcrs]")
_CONTEXT_GLUE = "\x04"

Key = tuple[str, str]


@dataclass(frozen=True)
class Text:
    """A text that the code shows: its context ("" for none), msgid, plural msgid and where it stands."""

    context: str
    singular: str
    plural: str
    places: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.context, self.singular


@dataclass
class Findings:
    """What is wrong with the catalogues, a sentence each, and what is merely unused."""

    faults: list[str] = field(default_factory=list)
    missing: list[Text] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def catalogue_paths(root: Path) -> list[Path]:
    """All .po files of the product, in a stable order."""
    return sorted(
        path
        for source in SOURCES
        for path in (root / source).rglob("locale/*/LC_MESSAGES/django.po")
        if "node_modules" not in path.parts
    )


def compile_catalogues(root: Path, *, all_anew: bool = False) -> list[Path]:
    """Write the .mo beside every .po that is newer than it; returns what was written.

    Each file appears at once under its name, so that a server that starts meanwhile never reads half of one.
    """
    written = []
    for po in catalogue_paths(root):
        mo = po.with_suffix(".mo")
        if not all_anew and mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        compiled = BytesIO()
        write_mo(compiled, read_catalogue(po))
        handle, name = tempfile.mkstemp(dir=po.parent, suffix=".mo.part")
        with os.fdopen(handle, "wb") as out:
            out.write(compiled.getvalue())
        Path(name).chmod(0o644)
        Path(name).replace(mo)
        # A process that read the catalogue before it was there would go on without it.
        translation_file_changed(None, mo)
        written.append(mo)
    return written


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.parts[-3], domain="django")


def _extracted(path: Path, root: Path) -> Iterator[tuple[Key, str, str]]:
    """((context, msgid), plural msgid, place) of each text in one Python file or template."""
    source = path.read_text("utf-8")
    if path.suffix == ".html" or path.suffix == ".txt":
        source = _template_as_python(source, path)
    for line, function, messages, _comments in extract_python(
        BytesIO(source.encode()), dict.fromkeys(_KEYWORDS), [], {"encoding": "utf-8"}
    ):
        parts = [messages] if isinstance(messages, str) else list(messages or ())
        name = function or ""
        context = parts.pop(0) if "pgettext" in name and parts else ""
        if not parts or not parts[0]:
            continue
        plural = parts[1] if "ngettext" in name or "npgettext" in name else ""
        yield (context or "", parts[0]), plural or "", f"{path.relative_to(root)}:{line}"


def _template_as_python(source: str, path: Path) -> str:
    from django.utils.translation.template import templatize

    # Everything but the calls is blanked out; without indentation what is left is Python to a tokenizer.
    lines = templatize(source, origin=str(path)).splitlines()
    return "\n".join(line.lstrip() for line in lines) + "\n"


def _source_files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((root / source).rglob("*")):
            parts = path.parts
            if "migrations" in parts or "node_modules" in parts or "static" in parts:
                continue
            if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in parts):
                yield path


def texts_shown(root: Path, files: Iterable[Path] | None = None) -> list[Text]:
    """Every text that Python code and templates give to gettext, once each, with all its places."""
    plurals: dict[Key, str] = {}
    places: dict[Key, list[str]] = {}
    for path in files or _source_files(root):
        for key, plural, place in _extracted(path, root):
            plurals[key] = plurals.get(key) or plural
            places.setdefault(key, []).append(place)
    return [Text(key[0], key[1], plurals[key], tuple(places[key])) for key in places]


def _key(message: Message) -> Key:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", singular


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _placeholders(text: str) -> set[str]:
    found = _PLACEHOLDER.finditer(text.replace("%%", ""))
    return {match[1] or match[2] or match[0] for match in found}


def _faults_of(message: Message, where: str) -> Iterator[str]:
    key = _key(message)
    named = f"{where}: {key[1]!r}"
    if message.fuzzy:
        yield f"{named} is marked fuzzy: check the translation and remove the mark"
    strings = _strings(message)
    if not strings or not all(text.strip() for text in strings):
        yield f"{named} has no translation"
        return
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = set().union(*(_placeholders(text) for text in originals))
    for text in strings:
        if strange := _placeholders(text) - allowed:
            yield f"{named}: the translation names {', '.join(sorted(strange))}, which the text does not have"
    # A form for one thing may leave the number out; the others must say all that the original says.
    if lost := allowed - _placeholders(strings[-1]):
        yield f"{named}: the translation leaves out {', '.join(sorted(lost))}"


def _read_all(root: Path, language: str, findings: Findings) -> dict[Key, tuple[str, list[str]]]:
    """Our translations by text, as (catalogue, strings); what is wrong with them goes into the findings."""
    ours: dict[Key, tuple[str, list[str]]] = {}
    for path in catalogue_paths(root):
        if path.parts[-3] != language:
            continue
        where = str(path.relative_to(root))
        catalogue = read_catalogue(path)
        if language == "pl" and _plural_rule(path) != POLISH_PLURALS.replace(" ", ""):
            findings.faults.append(f"{where}: Plural-Forms must be {POLISH_PLURALS};")
        for message in catalogue:
            if not message.id:
                continue
            findings.faults += _faults_of(message, where)
            key, strings = _key(message), _strings(message)
            if not any(strings):
                continue
            if key in ours and ours[key][1] != strings:
                findings.faults.append(
                    f"{where}: {key[1]!r} is translated differently in {ours[key][0]}, and one of them never "
                    "shows; use the same words or give the text a context (pgettext)"
                )
            ours.setdefault(key, (where, strings))
    return ours


def _plural_rule(path: Path) -> str:
    found = re.search(r'"Plural-Forms: ?(.*?);?\\n"', path.read_text("utf-8"))
    return found[1].replace(" ", "").rstrip(";") if found else ""


def check_catalogues(root: Path, language: str, known_elsewhere: set[Key]) -> Findings:
    """Compare the texts of the code with the catalogues of a language.

    `known_elsewhere` are texts that the frameworks translate themselves.
    """
    findings = Findings()
    ours = _read_all(root, language, findings)
    shown = texts_shown(root)
    findings.missing = [text for text in shown if text.key not in ours and text.key not in known_elsewhere]
    used = {text.key for text in shown}
    findings.unused = sorted(
        f"{where}: {key[1]!r}"
        for key, (where, _strings_) in ours.items()
        if key not in used and key not in known_elsewhere
    )
    return findings


def framework_texts(directories: Iterable[Path], language: str) -> set[Key]:
    """The texts that installed packages translate, read from their compiled catalogues."""
    import gettext

    known: set[Key] = set()
    for directory in directories:
        mo = directory / language / "LC_MESSAGES" / "django.mo"
        if not mo.is_file():
            continue
        with mo.open("rb") as source:
            catalogue = gettext.GNUTranslations(source)._catalog  # type: ignore[attr-defined]
        for key in catalogue:
            text = key if isinstance(key, str) else key[0]
            context, glue, singular = text.partition(_CONTEXT_GLUE)
            known.add((context, singular) if glue else ("", text))
    return known


def add_missing(path: Path, missing: Iterable[Text], language: str) -> int:
    """Append texts without a translation to a catalogue, made if it is not there; returns how many."""
    catalogue = read_catalogue(path) if path.exists() else Catalog(locale=language, domain="django")
    count = 0
    for text in missing:
        message_id = (text.singular, text.plural) if text.plural else text.singular
        catalogue.add(message_id, context=text.context or None)
        count += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, catalogue, omit_header=False, width=110, sort_output=False)
    return count
