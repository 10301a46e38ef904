"""Verbs on sessions and referrals of a case."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.crisis.actions.cases import add_debriefing, locked_case
from reporting.crisis.models import CaseWorker, CrisisCase, DictionaryEntry, Referral, Session
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.rules import place_of, pushed_beyond
from ui.formatting import format_date_text


@dataclass(frozen=True)
class SessionEntry:
    """A session as it is entered; `beyond` is the reason of one beyond the limit, else empty."""

    starts_at: datetime
    minutes: int
    state: str
    place: str
    worker_id: UUID
    beyond: str = ""


def record_session(case: CrisisCase, entry: SessionEntry, *, actor: Actor) -> Session:
    """Enter a session that was done, missed or cancelled. One in the field makes a debriefing to be held.

    Raises DomainError with the field that is wrong; beyond the limit a done session needs a reason, unless the case
    has a referral. Sessions are counted in the order in which they were held, also those entered late.
    """
    with transaction.atomic():
        locked = locked_case(case)
        session = Session(case=locked)
        _fill(session, locked, entry)
        record(
            "record_crisis_session",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"session": session.pk, "after": asdict(entry)},
        )
    return session


def edit_session(session: Session, entry: SessionEntry, *, actor: Actor) -> Session:
    """Correct a session. Raises DomainError as `record_session`."""
    with transaction.atomic():
        locked = locked_case(session.case)
        stored: Session = Session.objects.select_for_update().get(pk=session.pk)
        before = {name: getattr(stored, name) for name in asdict(entry)}
        _fill(stored, locked, entry)
        record(
            "edit_crisis_session",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"session": stored.pk, "before": before, "after": asdict(entry)},
        )
    return stored


def _fill(session: Session, case: CrisisCase, entry: SessionEntry) -> None:
    _require_time(case, entry)
    team = {row.user_id: row.name for row in CaseWorker.objects.filter(case=case)}
    if entry.worker_id not in team:
        raise DomainError(
            "not_on_the_team",
            _("Choose somebody who works on this case, or name the person first."),
            field="worker_id",
        )
    _require_reason(session, case, entry)
    for name, value in asdict(entry).items():
        setattr(session, name, value)
    session.worker_name = team[entry.worker_id]
    require_valid(session)
    session.save()
    if entry.place == Session.Place.FIELD and entry.state == Session.State.DONE:
        add_debriefing(case, local_date(entry.starts_at), (entry.worker_id, session.worker_name))


def _require_time(case: CrisisCase, entry: SessionEntry) -> None:
    if local_date(entry.starts_at) < local_date(case.opened_at):
        raise DomainError(
            "before_opening",
            _("The case began on %(day)s: choose that day or a later one.")
            % {"day": format_date_text(local_date(case.opened_at))},
            field="day",
        )
    if entry.state != Session.State.CANCELLED and entry.starts_at > timezone.now():
        raise DomainError(
            "session_in_future",
            _("The session has not begun yet. Enter it when it is over; only a cancelled one may lie ahead."),
            field="day",
        )


def _require_reason(session: Session, case: CrisisCase, entry: SessionEntry) -> None:
    """Refuse a done session that lies beyond the limit, or moves another beyond it, with no reason and no referral."""
    if entry.state != Session.State.DONE or entry.beyond or case.referrals.exists():
        return
    done = Session.objects.filter(case=case, state=Session.State.DONE)
    others = list(done.exclude(pk=session.pk).values_list("starts_at", "beyond"))
    limit = terms_at(local_date(case.opened_at)).session_limit
    place = place_of(entry.starts_at, others)
    if place > limit:
        raise DomainError(
            "beyond_the_limit",
            _(
                "This is session %(done)s of at most %(limit)s. Give the reason why help goes on here, "
                "or enter a referral to another specialist first."
            )
            % {"done": place, "limit": limit},
            field="beyond",
        )
    is_new = session._state.adding or not done.filter(pk=session.pk).exists()
    if moved := pushed_beyond(entry.starts_at, others, limit, is_new=is_new):
        raise DomainError(
            "moves_beyond_the_limit",
            _(
                "With this one the session of %(day)s becomes number %(done)s of at most %(limit)s. Give the reason "
                "here or with that session, or enter a referral to another specialist first."
            )
            % {"day": format_date_text(local_date(moved)), "done": limit + 1, "limit": limit},
            field="beyond",
        )


def refer(case: CrisisCase, *, to: DictionaryEntry, made_on: date, actor: Actor) -> Referral:
    """Enter a referral to an institution of the dictionary; what becomes of it is entered later."""
    with transaction.atomic():
        locked = locked_case(case)
        _require_after_opening(locked, made_on)
        referral: Referral = Referral.objects.create(case=locked, to=to, made_on=made_on)
        record(
            "refer_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={"referral": referral.pk, "to": to.name, "made_on": made_on},
        )
    return referral


def _require_after_opening(case: CrisisCase, day: date) -> None:
    if day < local_date(case.opened_at):
        raise DomainError(
            "before_opening",
            _("The case began on %(day)s: choose that day or a later one.")
            % {"day": format_date_text(local_date(case.opened_at))},
            field="made_on",
            value=day,
        )


def settle_referral(referral: Referral, *, outcome: str, outcome_on: date, actor: Actor) -> Referral:
    """Enter what became of a referral, also after the case was closed."""
    with transaction.atomic():
        locked_case(referral.case, open_only=False)
        stored: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
        before: dict[str, Any] = {"outcome": stored.outcome, "outcome_on": stored.outcome_on}
        if outcome_on < stored.made_on:
            raise DomainError(
                "before_referral",
                _("The referral was made on %(day)s: choose that day or a later one.")
                % {"day": format_date_text(stored.made_on)},
                field="outcome_on",
                value=outcome_on,
            )
        stored.outcome, stored.outcome_on = outcome, outcome_on
        require_valid(stored, exclude=["case", "to"])
        stored.save(update_fields=["outcome", "outcome_on"])
        record(
            "settle_crisis_referral",
            actor=actor,
            subject_type="crisis_case",
            subject_id=stored.case_id,
            payload={"referral": stored.pk, "before": before, "after": [outcome, outcome_on]},
        )
    return stored
