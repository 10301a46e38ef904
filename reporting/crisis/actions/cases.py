"""Verbs on cases: opened, described, given to people, closed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from contracting.contracts.rules.codes import next_code
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.care.locking import hold_person
from reporting.care.models import Person
from reporting.crisis.locking import lock_numbers
from reporting.crisis.models import CaseEntry, CaseWorker, CrisisCase, Debriefing, DictionaryEntry
from reporting.crisis.people import interventionists
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.rules.contact import earliest_contact
from ui.formatting import format_date_text


@dataclass(frozen=True)
class CaseOpening:
    """A first contact as it is entered; `contract` is None for a case of the unit itself."""

    opened_at: datetime
    contact: str
    identity: str
    contract: Contract | None = None
    person: Person | None = None
    alias: str = ""
    entries: Iterable[DictionaryEntry] = field(default_factory=tuple)
    debriefing_owner: tuple[UUID, str] | None = None


def locked_case(case: CrisisCase, *, open_only: bool = True) -> CrisisCase:
    """The case, held until the transaction ends. Raises DomainError `case_closed` where it must be open and is not."""
    locked: CrisisCase = CrisisCase.objects.select_for_update().get(pk=case.pk)
    if open_only and not locked.is_open:
        raise DomainError(
            "case_closed",
            _("Case %(number)s was closed on %(day)s. Open a new case for a new contact.")
            % {"number": locked.number, "day": format_date_text(locked.closed_on)},
        )
    return locked


def _number(year: int) -> str:
    lock_numbers()
    suffix = f"/{year}"
    given = CrisisCase.objects.filter(number__endswith=suffix).values_list("number", flat=True)
    return next_code((number.removesuffix(suffix) for number in given), first="IK/001") + suffix


def open_case(opening: CaseOpening, *, actor: Actor) -> CrisisCase:
    """Open a case with the actor as its interventionist; one begun in the field makes a debriefing to be held.

    Raises DomainError with the field that is wrong.
    """
    _require_opening(opening)
    day = local_date(opening.opened_at)
    with transaction.atomic():
        if opening.person is not None:
            hold_person(opening.person.pk)
        case = CrisisCase(
            number=_number(day.year),
            contract=opening.contract,
            organisation=opening.contract.organisation if opening.contract else None,
            opened_at=opening.opened_at,
            contact=opening.contact,
            identity=opening.identity,
            person=opening.person,
            alias_encrypted=encrypt(opening.alias.strip()) if opening.alias.strip() else None,
        )
        require_valid(case, exclude=["organisation", "contract"])
        case.save()
        CaseWorker.objects.create(
            case=case, user_id=actor.user_id, name=actor.label, part=CaseWorker.Part.LEADS, since=day
        )
        chosen = list(opening.entries)
        CaseEntry.objects.bulk_create(CaseEntry(case=case, entry=one, since=day) for one in chosen)
        if case.contact == CrisisCase.Contact.FIELD:
            add_debriefing(case, day, opening.debriefing_owner or _self(actor))
        record(
            "open_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=case.pk,
            payload={"number": case.number, "contact": case.contact, "entries": [one.name for one in chosen]},
        )
    return case


def _self(actor: Actor) -> tuple[UUID, str]:
    if actor.user_id is None:
        raise ValueError("nobody owns the debriefing")
    return actor.user_id, actor.label


def add_debriefing(case: CrisisCase, day: date, owner: tuple[UUID, str]) -> None:
    """What the team owes after a field intervention; once a day and case."""
    due = day + timedelta(days=terms_at(day).debriefing_days)
    Debriefing.objects.get_or_create(
        case=case,
        intervention_on=day,
        defaults={"owner_id": owner[0], "owner_name": owner[1], "due_on": due},
    )


def require_contact(opened_at: datetime, contract: Contract | None) -> None:
    """The first contact lies neither ahead nor years back, and within the contract.

    Raises DomainError `opened_in_future`, `opened_long_ago` or `contract_not_valid`.
    """
    if opened_at > timezone.now():
        raise DomainError(
            "opened_in_future",
            _("The first contact lies in the future. Write the day and time at which it happened."),
            field="day",
        )
    day, earliest = local_date(opened_at), earliest_contact(timezone.localdate())
    if day < earliest:
        raise DomainError(
            "opened_long_ago",
            _("%(day)s is too long ago: a first contact is entered from %(earliest)s. Correct the day.")
            % {"day": format_date_text(day), "earliest": format_date_text(earliest)},
            field="day",
        )
    if contract is not None and not contract.valid_from <= day <= contract.valid_to:
        raise DomainError(
            "contract_not_valid",
            _("Contract %(number)s does not hold on %(day)s. Choose another contract or day.")
            % {"number": contract.number, "day": format_date_text(day)},
            field="contract",
        )


def _require_opening(opening: CaseOpening) -> None:
    require_contact(opening.opened_at, opening.contract)
    needed = {CrisisCase.Identity.PERSON: "person", CrisisCase.Identity.ALIAS: "alias"}.get(
        CrisisCase.Identity(opening.identity)
    )
    given = {"person": opening.person is not None, "alias": bool(opening.alias.strip())}
    for name, is_given in given.items():
        if is_given == (name == needed):
            continue
        raise DomainError(
            "identity_mismatch",
            {
                ("person", True): _(
                    "A person is given, but the case is not one of a registered person: choose one."
                ),
                ("person", False): _(
                    "Write the code of the registered person, or choose an alias or anonymity."
                ),
                ("alias", True): _("An alias is given, but the case is not under an alias: choose one."),
                ("alias", False): _("Write the alias, or choose anonymity."),
            }[name, is_given],
            field=name,
        )


def describe_case(
    case: CrisisCase, entries: Iterable[DictionaryEntry], *, since: date, actor: Actor
) -> CrisisCase:
    """Set the problems and institutions of a case; those that are new count from the day `since`."""
    with transaction.atomic():
        locked = locked_case(case)
        if since < local_date(locked.opened_at):
            raise DomainError(
                "before_opening",
                _("The case began on %(day)s: choose that day or a later one.")
                % {"day": format_date_text(local_date(locked.opened_at))},
                field="since",
                value=since,
            )
        wanted = {one.pk: one for one in entries}
        before = {row.entry_id: row for row in locked.entries.select_related("entry")}
        for pk in before.keys() - wanted.keys():
            before[pk].delete()
        new = [wanted[pk] for pk in wanted.keys() - before.keys()]
        CaseEntry.objects.bulk_create(CaseEntry(case=locked, entry=one, since=since) for one in new)
        record(
            "describe_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={
                "before": sorted(row.entry.name for row in before.values()),
                "after": sorted(one.name for one in wanted.values()),
            },
        )
    return locked


def close_case(case: CrisisCase, *, closed_on: date, outcome: str, actor: Actor) -> CrisisCase:
    """Close a case with its outcome. Raises DomainError where something of it goes on after the day."""
    with transaction.atomic():
        locked = locked_case(case)
        _require_closing(locked, closed_on)
        locked.state, locked.closed_on, locked.outcome = CrisisCase.State.CLOSED, closed_on, outcome
        require_valid(locked, exclude=["organisation", "contract", "person"])
        locked.save(update_fields=["state", "closed_on", "outcome"])
        record(
            "close_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"closed_on": closed_on, "outcome": outcome},
        )
    return locked


def _require_closing(case: CrisisCase, closed_on: date) -> None:
    last = case.sessions.order_by("-starts_at").values_list("starts_at", flat=True).first()
    first_day = max(local_date(instant) for instant in [case.opened_at, last] if instant is not None)
    if closed_on < first_day:
        raise DomainError(
            "closed_too_early",
            _("Something of the case happened on %(day)s: close it on that day or later.")
            % {"day": format_date_text(first_day)},
            field="closed_on",
            value=closed_on,
        )
    stay = case.stays.filter(ended=False).order_by("-to_day").first()
    if stay is not None:
        raise DomainError(
            "stay_goes_on",
            _("Somebody of the case is still in the shelter, until %(day)s: end the stay first.")
            % {"day": format_date_text(stay.to_day)},
        )


def name_worker(case: CrisisCase, *, user_id: Any, part: str, actor: Actor) -> CaseWorker:
    """Let somebody work on the case, as an interventionist or a deputy, and so read its narrative from now on.

    Only people of the same organisation, or of the unit, whose role is that of an interventionist, can be named, and
    nobody by themselves: who answers for the centre does not read a case because they wish to.
    """
    if user_id == actor.user_id:
        raise DomainError(
            "names_themselves",
            _(
                "Nobody names themselves to work on a case. Ask somebody who works on it, or another head of the "
                "centre, to name you."
            ),
            field="user_id",
        )
    with transaction.atomic():
        locked = locked_case(case, open_only=False)
        names = dict(interventionists(locked.organisation_id))
        if user_id not in names:
            raise DomainError(
                "not_an_interventionist",
                _("This person does not work as an interventionist here. Choose one of the list."),
                field="user_id",
            )
        if CaseWorker.objects.filter(case=locked, user_id=user_id, until__isnull=True).exists():
            raise DomainError(
                "works_already",
                _("%(name)s works on this case already.") % {"name": names[user_id]},
                field="user_id",
            )
        named: CaseWorker = CaseWorker.objects.create(
            case=locked,
            user_id=user_id,
            name=names[user_id],
            named_by_id=actor.user_id,
            named_by_name=actor.label[:150],
            part=part,
            since=timezone.localdate(),
        )
        record(
            "name_case_worker",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"user": user_id, "part": part},
        )
    return named


def release_worker(worker: CaseWorker, *, actor: Actor) -> None:
    """End somebody's work on a case from today on; an open case keeps at least one interventionist."""
    with transaction.atomic():
        case = locked_case(worker.case, open_only=False)
        here = CaseWorker.objects.select_for_update().filter(case=case, until__isnull=True)
        leading = {row.pk for row in here if row.part == CaseWorker.Part.LEADS}
        if worker.pk not in {row.pk for row in here}:
            raise DomainError("left_already", _("%(name)s has left this case.") % {"name": worker.name})
        if case.is_open and leading == {worker.pk}:
            raise DomainError(
                "last_interventionist",
                _("%(name)s is the only interventionist of an open case: name another one first.")
                % {"name": worker.name},
            )
        CaseWorker.objects.filter(pk=worker.pk).update(until=max(timezone.localdate(), worker.since))
        record(
            "release_case_worker",
            actor=actor,
            subject_type="crisis_case",
            subject_id=case.pk,
            payload={"user": worker.user_id, "part": worker.part},
        )
