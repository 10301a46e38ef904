"""Verbs on services and on the dictionary of qualifications."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import Activity, Qualification, Service
from contracting.commissioning.rules.codes import code_of, qualification_name
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.tally import Tally
from kernel.validation import require_valid


@dataclass(frozen=True)
class ActivityLine:
    """An activity as somebody wrote it; without a code a new activity gets one made of its name."""

    name: str
    code: str = ""
    offered: bool = True


def _as_values(service: Service) -> dict[str, Any]:
    return {
        "code": service.code,
        "name": service.name,
        "required_qualifications": service.required_qualifications,
        "activities": list(service.activities.values_list("code", "name", "offered")),
    }


def service_stamp(service: Service) -> str:
    """The stamp of the service as it stands, with its activities."""
    return stamp_of(_as_values(service))


def create_service(
    *,
    code: str,
    name: str,
    activities: Sequence[ActivityLine],
    required_qualifications: Sequence[str],
    actor: Actor,
) -> Service:
    """A new service with its activities in the given order. Raises DomainError with the fields that are wrong."""
    service = Service(code=code, name=name, required_qualifications=list(required_qualifications))
    with transaction.atomic():
        _save_service(service)
        _write_activities(service, activities)
        record(
            "create_service",
            actor=actor,
            subject_type="service",
            subject_id=service.pk,
            payload={"after": _as_values(service)},
        )
    return service


def edit_service(
    service: Service,
    *,
    code: str,
    name: str,
    activities: Sequence[ActivityLine],
    required_qualifications: Sequence[str],
    seen: str | None = None,
    actor: Actor,
) -> Service:
    """Change a service. Activities left out stay, but are no longer offered; their codes never change.

    Raises Conflict where the service is no longer what the editor saw (`seen`, a service_stamp).
    """
    with transaction.atomic():
        locked: Service = Service.objects.select_for_update().get(pk=service.pk)
        require_unchanged(seen, service_stamp(locked))
        before = _as_values(locked)
        locked.code, locked.name = code, name
        locked.required_qualifications = list(required_qualifications)
        _save_service(locked)
        _write_activities(locked, activities)
        after = _as_values(locked)
        if after != before:
            record(
                "edit_service",
                actor=actor,
                subject_type="service",
                subject_id=locked.pk,
                payload={"before": before, "after": after},
            )
    return locked


def _save_service(service: Service) -> None:
    require_valid(service)
    try:
        with transaction.atomic():
            service.save()
    except IntegrityError as error:
        raise DomainError(
            "service_exists", _("Another service has this code."), field="code", value=service.code
        ) from error
    name_unknown_qualifications(service.required_qualifications)


def _write_activities(service: Service, lines: Sequence[ActivityLine]) -> None:
    if not lines:
        raise DomainError(
            "activities_missing", _("A service needs at least one activity: decisions grant activities.")
        )
    known = {activity.code: activity for activity in service.activities.all()}
    written: set[str] = set()
    for position, line in enumerate(lines):
        code = line.code or code_of(line.name)
        if code in written:
            raise DomainError(
                "activity_twice",
                _("The code “%(code)s” stands in two rows. Give one of the activities another code.")
                % {"code": code},
                value=code,
            )
        written.add(code)
        activity = known.get(code) or Activity(service=service, code=code)
        activity.name, activity.offered, activity.position = line.name, line.offered, position
        require_valid(activity, exclude=["service"])
        activity.save()
    for code, activity in known.items():
        if code not in written and activity.offered:
            activity.offered = False
            activity.save(update_fields=["offered"])


def name_unknown_qualifications(codes: Iterable[str]) -> None:
    """Give every code that the dictionary lacks a first name, to be corrected by people."""
    missing = set(codes) - set(Qualification.objects.filter(code__in=codes).values_list("code", flat=True))
    Qualification.objects.bulk_create(
        [Qualification(code=code, name=qualification_name(code)) for code in sorted(missing)],
        ignore_conflicts=True,
    )


def name_qualifications(lines: Sequence[tuple[str, str]], *, actor: Actor) -> list[Qualification]:
    """Add or rename words of the dictionary, given as (code, name); an empty code is made of the name.
    Returns the words that were given.

    Raises DomainError where a code is no code or stands twice. Nothing is removed: workers may hold it.
    """
    with transaction.atomic():
        known = {word.code: word for word in Qualification.objects.select_for_update()}
        words: list[Qualification] = []
        changes: dict[str, dict[str, str | None]] = {}
        for given, name in lines:
            code = given or code_of(name)
            if code in changes:
                raise DomainError(
                    "qualification_twice",
                    _("The code “%(code)s” stands in two rows. Give one qualification another code.")
                    % {"code": code},
                    value=code,
                )
            word = known.get(code) or Qualification(code=code)
            changes[code] = {"before": word.name or None, "after": name}
            word.name = name
            require_valid(word)
            word.save()
            words.append(word)
        changed = {code: names for code, names in changes.items() if names["before"] != names["after"]}
        if changed:
            record(
                "name_qualifications",
                actor=actor,
                subject_type="qualifications",
                subject_id="dictionary",
                payload=changed,
            )
    return words


def store_service(
    *,
    code: str,
    name: str,
    activities: Sequence[tuple[str, str]],
    required_qualifications: Sequence[str] | None,
) -> tuple[Service, Tally]:
    """Make the service as another system tells it, activities as (code, name); what it does not name stays.

    A part of a larger import: runs in the caller's transaction, which also writes the audit line.
    """
    service: Service | None = Service.objects.select_for_update().filter(code=code).first()
    is_new = service is None
    if service is None:
        service = Service(code=code)
    told: dict[str, object] = {"name": name}
    if required_qualifications is not None:
        told["required_qualifications"] = list(required_qualifications)
    changed = [field for field, value in told.items() if getattr(service, field) != value]
    if is_new or changed:
        for field, value in told.items():
            setattr(service, field, value)
        _save_service(service)
    known = {activity.code: activity for activity in service.activities.all()}
    for place, (activity_code, activity_name) in enumerate(activities):
        activity = known.get(activity_code)
        if activity is None:
            activity = Activity(service=service, code=activity_code, position=len(known) + place)
        elif activity.name == activity_name:
            continue
        activity.name = activity_name
        activity.save()
        changed.append(f"activity {activity_code}")
    tally = Tally()
    tally.count(code, is_new=is_new, changed=changed)
    return service, tally
