"""Loading the register of territories."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.tenancy import public_scope
from tenants.models import Territory
from tenants.rules import terc
from tenants.rules.terc import Fault

_REASONS: dict[Fault, Promise] = {
    Fault.ENCODING: _(
        "the file is not UTF-8 text from byte %(value)s on; save it as UTF-8 and load it again"
    ),
    Fault.TEXT: _("the file is not a table of text: %(value)s"),
    Fault.HEADER: _("the first row must be WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA, not “%(value)s”"),
    Fault.EMPTY: _("there is no row under the header"),
    Fault.COLUMNS: _("there are %(value)s columns instead of 7, separated by semicolons"),
    Fault.CODE: _(
        "“%(value)s” is not a TERC code: two digits, two digits, two digits and one of 1, 2, 3, 4, 5, 8, 9"
    ),
    Fault.NAME: _("the name or the kind is missing or too long: “%(value)s”"),
    Fault.DATE: _("“%(value)s” is not a date in the form 2024-01-01"),
    Fault.OTHER_DATE: _("the date %(value)s differs from that of the first row; a register has one date"),
    Fault.DUPLICATE: _("the code %(value)s stands in an earlier row too"),
    Fault.ORPHAN: _("the unit in which %(value)s lies is not in the file"),
}


@dataclass(frozen=True)
class Loaded:
    """What a load changed."""

    as_of: date
    added: int
    changed: int
    retired: int
    unchanged: int


def _refusal(error: terc.RefusedFile) -> DomainError:
    problems = []
    for fault in error.faults:
        place = _("Row %(row)s") % {"row": fault.row} if fault.row else _("File")
        reason = _REASONS[fault.fault] % {"value": fault.value}
        problems.append(Problem(f"territories_{fault.fault}", f"{place}: {reason}", None, fault.value))
    return DomainError(
        "territories_refused", _("The file was refused; nothing was loaded."), problems=problems
    )


def load_territories(content: bytes, *, actor: Actor) -> Loaded:
    """Bring the territories to the state of a TERC file; codes that it lacks are retired with its date.

    Loading the same file again changes nothing. Raises DomainError `territories_refused` with the rows at fault, or
    `territories_older` for a file older than what is loaded.
    """
    try:
        as_of, units = terc.parse(content)
    except terc.RefusedFile as error:
        raise _refusal(error) from error
    with public_scope(), transaction.atomic():
        newest = Territory.objects.aggregate(newest=Max("as_of"))["newest"]
        if newest and as_of < newest:
            raise DomainError(
                "territories_older",
                _(
                    "The file is of %(given)s, but territories of %(loaded)s are loaded already. Load a newer file."
                )
                % {"given": as_of.isoformat(), "loaded": newest.isoformat()},
            )
        loaded = _bring_to(as_of, units)
        if loaded.added or loaded.changed or loaded.retired:
            record(
                "load_territories",
                actor=actor,
                subject_type="territories",
                subject_id=as_of.isoformat(),
                payload={"added": loaded.added, "changed": loaded.changed, "retired": loaded.retired},
            )
    return loaded


def _bring_to(as_of: date, units: list[terc.Unit]) -> Loaded:
    present = {
        territory.code: (
            territory.level,
            territory.name,
            territory.kind,
            territory.parent_id,
            territory.retired_on,
        )
        for territory in Territory.objects.select_for_update()
    }
    added = [unit for unit in units if unit.code not in present]
    changed = [
        unit
        for unit in units
        if unit.code in present
        and present[unit.code] != (unit.level, unit.name, unit.kind, unit.parent, None)
    ]
    Territory.objects.bulk_create(
        [
            Territory(
                code=unit.code,
                level=unit.level,
                name=unit.name,
                kind=unit.kind,
                parent_id=unit.parent,
                as_of=as_of,
                retired_on=None,
            )
            for unit in units
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["level", "name", "kind", "parent", "as_of", "retired_on"],
    )
    gone = Territory.objects.exclude(code__in=[unit.code for unit in units]).filter(retired_on__isnull=True)
    retired = gone.update(retired_on=as_of)
    return Loaded(as_of, len(added), len(changed), retired, len(units) - len(added) - len(changed))
