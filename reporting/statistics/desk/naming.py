"""Names of places and of coarser figures, in the reader's language; two statements."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reporting.statistics.batches.periods import Quarter
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.periods import Period
from reporting.statistics.prefilled.layout import layouts
from reporting.statistics.words import category_name
from tenants.models import Tenant, Territory
from ui.formatting import format_month_short

# Codes of territories have at most seven digits; everything longer is the id of a tenant.
_LONGEST_CODE = len("3210012")
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Name:
    """A place by itself (`label`, in a table of its like) and among others (`place`, with what it is)."""

    label: str
    place: str


def names_of(places: Collection[str], others: Collection[str] = ()) -> dict[str, Name]:
    """The names of places by their code or id: of those of a table, and of others that it names."""
    everything = {*places, *others}
    tenants = [place for place in everything if len(place) > _LONGEST_CODE]
    names = {place: Name(place, place) for place in everything}
    country = _("the whole country")
    names[COUNTRY] = Name(country, country)
    rest = names.keys() - set(tenants) - {COUNTRY}
    for one in Territory.objects.filter(code__in=rest) if rest else ():
        whole = one.full_name
        names[one.code] = Name(one.display_name if one.level == Territory.Level.VOIVODESHIP else whole, whole)
    if tenants:
        for pk, name in Tenant.objects.filter(pk__in=tenants).values_list("pk", "name"):
            names[str(pk)] = Name(name, name)
    return names


def codes_of(places: Collection[str]) -> dict[str, str]:
    """The code of the register of each place: a tenant's is that of its territory; one statement at most."""
    tenants = [place for place in places if len(place) > _LONGEST_CODE]
    known = Tenant.objects.filter(pk__in=tenants).values_list("pk", "territory_id") if tenants else ()
    return {place: place for place in places} | {str(pk): territory for pk, territory in known}


def span_text(span: Span) -> str:
    """A period for a sentence: `październik 2026`, `III kwartał 2026`, `2026`."""
    return str(span) if span.kind == Kind.YEAR else Period(span.kind, span.first).name


def span_short(span: Span) -> str:
    """A period for an axis: `10.2026`, `III 2026`, `2026`."""
    if span.kind == Kind.MONTH:
        return format_month_short(span.first)
    if span.kind == Kind.YEAR:
        return str(span)
    quarter = Quarter.of(span.first)
    return f"{_ROMAN[quarter.number - 1]} {quarter.year}"


def part_name(indicator: Indicator, part: str) -> str:
    """The name of a service or category; "together" for all of them."""
    if part == ALL_SERVICES:
        return _("together")
    if part == "-":
        return _("no service named")
    return category_name(indicator, part) or _service_name(part) or part


def _service_name(code: str) -> str:
    """What tenants mean by the code of a service, as the official forms call it; empty where they do not know it."""
    groups, words = layouts().groups, layouts().group_words
    named = next((name for name in ("care", "mental", "specialist") if code in (groups[name] or ())), None)
    return words[named][get_language() or "pl"] if named else ""


def shown_in(place: str, part: str, asked_part: str, indicator: Indicator) -> str:
    """The coarser figure that shows what is hidden, in words; empty where none does."""
    if not place:
        return ""
    if part == asked_part:
        return place
    return _("%(place)s, %(part)s") % {"place": place, "part": part_name(indicator, part)}
