"""How entries of the record are said on a page."""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from audit.models import Entry
from audit.words import FIELDS, PAGES, SUBJECT_PAGES, SUBJECTS, VERBS
from kernel.doors import opens_to
from kernel.tenancy import PUBLIC, current_schema, require_tenant
from ui.formatting import format_date_short, format_instant

register = template.Library()

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


@register.filter
def verb_words(verb: str) -> str:
    """What was done, in words; a verb without words as it stands."""
    return str(VERBS.get(verb, verb.replace("_", " ")))


@register.filter
def subject_words(subject_type: str) -> str:
    return str(SUBJECTS.get(subject_type, subject_type.replace("_", " ")))


@register.filter
def page_words(page: str) -> str:
    return str(PAGES.get(page, page))


@register.simple_tag
def actor_words(entry: Entry, names: Any = None) -> str:
    """Who did it: as the entry says, or what the account of its id is called today (`names`); "–" for nobody known."""
    return entry.actor_label or (names or {}).get(str(entry.actor_id), "–")


@register.simple_tag
def subject_name(entry: Entry, names: Any = None) -> str:
    """What the account or tenant is called today that the entry is about (`names`), else ""."""
    return str((names or {}).get(entry.subject_id, ""))


@register.simple_tag(takes_context=True)
def subject_url(context: Any, entry: Entry) -> str:
    """The address of what the entry is about, where it has a page in the tenant at hand that opens to the reader."""
    name = SUBJECT_PAGES.get(entry.subject_type)
    if name is None or current_schema() == PUBLIC:
        return ""
    try:
        address = reverse(name, args=[require_tenant().slug, entry.subject_id])
    except NoReverseMatch:
        return ""
    return address if opens_to(context["request"].access, address) else ""


@register.simple_tag
def readings_url(entry: Entry) -> str:
    """The address of who read data of the person that the entry is about, "" where it is about none."""
    if entry.subject_type != "person" or current_schema() == PUBLIC:
        return ""
    return (
        f"{reverse('audit:readings', args=[require_tenant().slug])}?{urlencode({'person': entry.subject_id})}"
    )


@register.filter
def detail_words(name: str) -> str:
    """What a detail of an entry is called; one without words as it stands, without the signs of a program."""
    parts = (
        str(FIELDS.get(part) or SUBJECTS.get(part) or part.replace("_", " ")) for part in name.split(".")
    )
    return ", ".join(parts)


@register.filter
def payload_rows(payload: Any) -> list[tuple[str, str]]:
    """The payload as pairs of a name and a value to read: nested names are joined by a dot."""
    if not isinstance(payload, dict):
        return []
    rows: list[tuple[str, str]] = []
    for name, value in payload.items():
        if isinstance(value, dict):
            rows += [(f"{name}.{inner}", text) for inner, text in payload_rows(value)]
        elif isinstance(value, list):
            rows.append((name, ", ".join(_said(item) for item in value) or "–"))
        else:
            rows.append((name, _said(value)))
    return rows


def _said(value: Any) -> str:
    """A value as people write it: days and instants are kept as ISO 8601 texts."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = str(value)
    # What was typed may look like a day that no calendar has.
    with suppress(ValueError):
        if _DAY.fullmatch(text):
            return format_date_short(date.fromisoformat(text))
        if _INSTANT.match(text):
            return format_instant(datetime.fromisoformat(text))
    return text
