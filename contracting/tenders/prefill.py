"""What a new call begins with: everything an earlier one said, or what the cycle decided before step 5."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.models import Cycle, ScopeItem
from contracting.commissioning.plans import financing_table
from contracting.commissioning.rules.forms import rules_of
from contracting.tenders.earlier_tasks import earlier_tasks
from contracting.tenders.models import Call
from kernel.errors import DomainError
from kernel.periods import local_date
from ui.formatting import format_decimal, format_minutes_text

_COPIED = (
    "title",
    "kind",
    "service",
    "task_kind",
    "grant_rules",
    "conditions",
    "selection",
    "contact",
    "funds",
    "grant_min",
    "grant_max",
    "own_share_min",
    "joint_offers",
    "concept_required",
    "concept_questions",
    "required_files",
    "standard_version_id",
)
_LOT = ("title", "description", "funds", "minutes")
_CRITERION = ("name", "explanation", "kind", "max_points", "weight", "excerpt")
# Money that is not the commune's to give: what the contractor or the persons bring.
_NOT_GRANTED = ("own_contribution", "payments")


@dataclass(frozen=True)
class Prefill:
    """Fields of the new call, and its parts and criteria by their fields."""

    fields: dict[str, Any]
    lots: list[dict[str, Any]] = field(default_factory=list)
    criteria: list[dict[str, Any]] = field(default_factory=list)


def from_call(source: Call) -> Prefill:
    """What another call or template says; number, dates and deadline are new each time."""
    fields = {name: getattr(source, name) for name in _COPIED}
    fields["earlier_tasks"] = source.earlier_tasks if source.is_template else _earlier(source.service_id)
    return Prefill(
        fields,
        [{name: getattr(lot, name) for name in _LOT} for lot in source.lots.all()],
        [{name: getattr(row, name) for name in _CRITERION} for row in source.criteria.all()],
    )


def from_cycle(cycle: Cycle) -> Prefill:
    """What the cycle decided; eleven queries.

    Raises DomainError `form_not_chosen` or `form_without_call`.
    """
    chosen = cycle.form_options.filter(chosen=True).first()
    if chosen is None:
        raise DomainError(
            "form_not_chosen",
            _("The cycle has no chosen form of realisation yet: choose it in step 3, then make the call."),
            field="cycle",
        )
    rules = rules_of(chosen.form)
    if not rules.has_call:
        raise DomainError(
            "form_without_call",
            _("The chosen form “%(form)s” needs no call. Choose another form in step 3, or make no call.")
            % {"form": chosen.get_form_display()},
            field="cycle",
        )
    items = list(cycle.scope_items.select_related("activity"))
    funds = _funds(cycle)
    fields = {
        "kind": rules.call_kind,
        "service": cycle.service,
        "cycle_id": cycle.pk,
        "standard_version_id": cycle.standard_id,
        "task_kind": _task_kind(cycle),
        "conditions": _conditions(cycle, items),
        "earlier_tasks": _earlier(cycle.service_id),
        "funds": funds,
        "task_from": cycle.period_from,
        "task_to": cycle.period_to,
    }
    # What the contractor delivers: not what the unit's own people, families and volunteers do.
    minutes = financing_table(cycle).planned
    lots = (
        [{"title": cycle.title, "description": "", "funds": funds, "minutes": minutes or None}]
        if funds
        else []
    )
    return Prefill(fields, lots)


def _earlier(service_id: UUID) -> str:
    return earlier_tasks(service_id, local_date(timezone.now()).year)


def _funds(cycle: Cycle) -> Decimal | None:
    granted = cycle.funding_sources.exclude(kind__in=_NOT_GRANTED).aggregate(total=Sum("amount"))["total"]
    return granted or None


def _task_kind(cycle: Cycle) -> str:
    standard = cycle.standard
    definition = standard.sections.get("definition", "") if standard else ""
    return "\n\n".join(part for part in (f"{cycle.service}: {cycle.title}.", definition) if part)


def _conditions(cycle: Cycle, items: Iterable[ScopeItem]) -> str:
    """Scope, places and quality indicators as sentences of the announcement, in the language at hand."""
    lines: list[str] = []
    if cycle.places:
        lines += [_("Places of delivery:"), cycle.places, ""]
    scope = [_scope_line(item) for item in items]
    if scope:
        lines += [_("Scope of the service:"), *scope, ""]
    indicators = [
        _("– %(name)s: %(direction)s %(target)s %(unit)s, measured by: %(method)s")
        % {
            "name": one.name,
            "direction": one.get_direction_display(),
            "target": _short(one.target),
            "unit": one.unit,
            "method": one.method,
        }
        for one in cycle.indicators.all()
    ]
    if indicators:
        lines += [_("Quality indicators:"), *indicators]
    return "\n".join(lines).strip()


def _short(value: Decimal) -> str:
    """A decimal without places that say nothing: 5,00 → 5, 0,50 → 0,5."""
    plain = value.normalize()
    return format_decimal(plain, max(0, -int(plain.as_tuple().exponent)))


def _scope_line(item: ScopeItem) -> str:
    return _(
        "– %(activity)s (%(performer)s, %(mode)s): %(times)s times a week, %(minutes)s each, %(persons)s"
    ) % {
        "activity": item.activity.name,
        "performer": item.get_performer_display(),
        "mode": item.get_mode_display(),
        "times": _short(item.times_week),
        "minutes": format_minutes_text(item.minutes_each),
        "persons": ngettext("for %(count)s person", "for %(count)s persons", item.persons)
        % {"count": item.persons},
    }
