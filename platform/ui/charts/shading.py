"""Shades of places on a map or in tiles: equal steps between round ends, their words, and what stands outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from ui.charts.parts import Hidden, Number, Unit, Value, hidden_words

_STEPS = 5


@dataclass(frozen=True)
class RegionValue:
    """The figure of one place (`HIDDEN` where withheld, None where nothing was reported) and its page."""

    value: Value
    href: str | None = None


def bounds_of(values: Sequence[Value], unit: Unit) -> list[Number]:
    """Lower bounds of the steps of shade, ascending: equal steps between round ends; at most five."""
    known = [float(value) for value in values if value is not None and not isinstance(value, Hidden)]
    if not known:
        return []
    grain = unit.step * (5 if unit is Unit.PERCENT else 1)
    low = int(min(known) // grain * grain)
    span = max(known) - low
    step = max(-(-span // (_STEPS * grain)) * grain, grain)
    return [
        low + int(step) * index for index in range(_STEPS) if index == 0 or low + step * index <= max(known)
    ]


def kind_of(value: Value, bounds: Sequence[Number]) -> str:
    """The end of the class of a place: its step from 1 on, `hidden` or `absent`."""
    if value is None:
        return "absent"
    if isinstance(value, Hidden):
        return "hidden"
    return str(sum(1 for bound in bounds if Decimal(str(value)) >= Decimal(str(bound))))


def entries_of(values: Collection[Value], bounds: Sequence[Number], unit: Unit) -> list[tuple[str, str]]:
    """What the shades in use mean."""
    entries = []
    for index, bound in enumerate(bounds):
        words = unit.write_tick(float(bound))
        last = index == len(bounds) - 1
        entries.append(
            (
                f"region-{index + 1}",
                gettext("%(value)s and more") % {"value": words}
                if last
                else gettext("from %(low)s to below %(high)s")
                % {"low": words, "high": unit.write_tick(float(bounds[index + 1]))},
            )
        )
    if any(isinstance(value, Hidden) for value in values):
        entries.append(("hidden", hidden_words()))
    if any(value is None for value in values):
        entries.append(("region-absent", gettext("no figure")))
    return entries
