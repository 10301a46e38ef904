"""The formal check, apart from merit: points passed or not, a time-boxed correction, the result with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import tasks
from contracting.tenders.actions.closing_scores import close_if_all_finished, require_scoring_open
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Call, Committee, FormalCheck, Offer, Seat
from contracting.tenders.permissions import EDIT_CALLS, may_check_form
from contracting.tenders.queries.standing import standing_of
from contracting.tenders.rules.formal import correctable_paths, value_at
from contracting.tenders.words import title_of
from kernel import permissions
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError, NotAllowed, Problem
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from tenants.models import Membership
from ui.formatting import format_instant_text

_LONGEST = 250
_Result = FormalCheck.Result


@dataclass(frozen=True)
class PointChecked:
    """A point of the check: passed or not, with a remark."""

    passed: bool
    remark: str = ""


def conclude_check(
    offer: Offer, *, points: Mapping[str, PointChecked], passed: bool, reason: str = "", actor: Actor
) -> FormalCheck:
    """Say whether the offer meets the requirements of form; may be said anew while the scoring is open.

    Raises NotAllowed `not_a_checker`; DomainError `points_failed` where it passes with a failed point, `invalid` where
    it fails without a reason, `correction_open` where it fails while the bidder may still correct it, `not_opened`,
    `scoring_closed`.
    """
    with transaction.atomic():
        check, committee = _locked_check(offer, actor)
        before = check.result
        if not passed:
            _require_corrected(check)
        failed = [key for key, point in points.items() if not point.passed]
        if passed and failed:
            raise DomainError(
                "points_failed",
                _(
                    "The offer cannot pass with a point that is not met: ask for a correction, refuse the offer, "
                    "or mark the point as met."
                ),
                field="result",
            )
        check.points = {key: [point.passed, point.remark.strip()] for key, point in points.items()}
        check.result = _Result.PASSED if passed else _Result.FAILED
        check.reason = reason.strip()
        check.checked_at, check.checked_by = database_now(), actor.user_id
        require_valid(check, exclude=["offer"])
        check.save()
        if passed and before != _Result.PASSED:
            # Whoever had finished has one more offer to score now.
            Seat.objects.filter(committee__call=offer.call).update(finished_at=None)
        _note("check_form", check, actor, before=before, failed=failed)
        if committee is not None:
            # It may have been the last thing that kept the scoring open.
            close_if_all_finished(committee, actor=actor)
    return check


def ask_correction(
    offer: Offer,
    *,
    points: Mapping[str, PointChecked],
    paths: Sequence[str],
    until: datetime,
    reason: str,
    actor: Actor,
) -> FormalCheck:
    """Let the bidder correct these fields, and nothing else, until the moment; their people get a mail of it.

    Where a correction is open already, fields and time may be added, never taken away. Raises NotAllowed
    `not_a_checker`; DomainError `not_correctable` for a path outside the closed list, `until_past`, `until_earlier`,
    `fields_taken_away`, `reason_missing`, `not_opened`, `scoring_closed`.
    """
    with transaction.atomic():
        check, _committee = _locked_check(offer, actor)
        allowed = set(correctable_paths(offer.opened.content))
        if not paths or set(paths) - allowed:
            raise DomainError(
                "not_correctable",
                _("Choose the fields to be corrected from the list; nothing that earns points is on it."),
                field="paths",
            )
        if until <= database_now():
            raise DomainError(
                "until_past",
                _("The last moment for the correction has passed already: choose a later one."),
                field="until",
                value=until,
            )
        if not reason.strip():
            raise DomainError(
                "reason_missing", _("Tell the bidder what is wrong: they read it."), field="reason"
            )
        _require_no_less(check, paths, until)
        check.points = {key: [point.passed, point.remark.strip()] for key, point in points.items()}
        check.result, check.reason = _Result.CORRECTION, reason.strip()
        check.correction_fields, check.correction_until = list(paths), until
        check.corrected_at = check.corrected_by = check.notified_at = None
        check.checked_at, check.checked_by = database_now(), actor.user_id
        require_valid(check, exclude=["offer"])
        check.save()
        _note("ask_correction", check, actor, fields=list(paths), until=until)
        send_after_commit(tasks.notify_correction, check.pk)
    return check


def correct_offer(offer: Offer, values: Mapping[str, Any], *, actor: Actor) -> FormalCheck:
    """The bidder corrects exactly the fields that were asked for, once, until the moment by the database's clock.

    What was opened stays; the correction lies beside it as path → [before, after].
    Raises DomainError `no_correction`, `too_late`, `not_asked_for`, `empty` or `too_long` with the field.
    """
    with transaction.atomic():
        check: FormalCheck | None = FormalCheck.objects.select_for_update().filter(offer=offer).first()
        if check is None or check.result != _Result.CORRECTION:
            raise DomainError("no_correction", _("Nothing of this offer is waiting to be corrected."))
        if check.correction_until is None or database_now() > check.correction_until:
            raise DomainError(
                "too_late",
                format_lazy(
                    _("The correction could be made until {until}; it is no longer taken."),
                    until=format_instant_text(check.correction_until),
                ),
            )
        if set(values) != set(check.correction_fields):
            raise DomainError("not_asked_for", _("Only the fields that were asked for can be corrected."))
        _require_filled(values)
        corrections = dict(check.corrections)
        for path, value in values.items():
            corrections[path] = [value_at(offer.opened.content, path), _as_stored(path, value)]
        check.corrections, check.result = corrections, _Result.PENDING
        check.corrected_at, check.corrected_by = database_now(), actor.user_id
        check.save(update_fields=["corrections", "result", "corrected_at", "corrected_by"])
        _note("correct_offer", check, actor, fields=sorted(values))
    return check


def _require_filled(values: Mapping[str, Any]) -> None:
    problems = []
    for path, value in values.items():
        if path.startswith("declarations."):
            if value is not True:
                problems.append(
                    Problem(
                        "empty",
                        format_lazy(_("{field}: tick it, or leave the page."), field=title_of(path)),
                        path,
                    )
                )
        elif not str(value).strip():
            problems.append(
                Problem("empty", format_lazy(_("{field}: fill it in."), field=title_of(path)), path)
            )
        elif len(str(value)) > _LONGEST:
            problems.append(
                Problem(
                    "too_long",
                    format_lazy(
                        _("{field}: write at most {most} characters."), field=title_of(path), most=_LONGEST
                    ),
                    path,
                )
            )
    if problems:
        raise DomainError("invalid", _("Nothing was saved: correct what is marked."), problems=problems)


def _as_stored(path: str, value: Any) -> Any:
    return value if path.startswith("declarations.") else str(value).strip()


def _is_open(check: FormalCheck) -> bool:
    """Whether the bidder may still correct the offer."""
    until = check.correction_until
    return check.result == _Result.CORRECTION and until is not None and database_now() <= until


def _require_corrected(check: FormalCheck) -> None:
    if _is_open(check):
        raise DomainError(
            "correction_open",
            format_lazy(
                _("The bidder may correct the offer until {until}; until then it is not refused on form."),
                until=format_instant_text(check.correction_until),
            ),
            field="result",
        )


def _require_no_less(check: FormalCheck, paths: Sequence[str], until: datetime) -> None:
    if not _is_open(check) or check.correction_until is None:
        return
    if until < check.correction_until:
        raise DomainError(
            "until_earlier",
            format_lazy(
                _("The bidder was promised time until {until}: choose that moment or a later one."),
                until=format_instant_text(check.correction_until),
            ),
            field="until",
            value=until,
        )
    left_out = set(check.correction_fields) - set(paths)
    if left_out:
        raise DomainError(
            "fields_taken_away",
            format_lazy(
                _("The bidder was asked to correct these fields already; choose them again: {fields}."),
                fields=", ".join(str(title_of(path)) for path in sorted(left_out)),
            ),
            field="paths",
        )


def _require_checker(offer: Offer, call: Call, actor: Actor) -> None:
    """The seat is held as in scoring: who is released or excluded meanwhile waits, or is refused."""
    list(Seat.objects.current().select_for_update().filter(committee__call=call, user_id=actor.user_id))
    members = Membership.objects.current().filter(
        tenant_id=require_tenant().id, role__in=permissions.known()[EDIT_CALLS]
    )
    by_role = actor.user_id is not None and members.filter(user_id=actor.user_id).exists()
    verdict = may_check_form(standing_of(actor.user_id, call), offer, by_role=by_role)
    if not verdict:
        raise NotAllowed("not_a_checker", verdict.reason)


def _locked_check(offer: Offer, actor: Actor) -> tuple[FormalCheck, Committee | None]:
    """The offer's check, made where there is none, and the committee, both held until the transaction ends."""
    call = lock_call(offer.call)
    if call.state != Call.State.OPENED or not hasattr(offer, "opened"):
        raise DomainError("not_opened", _("The form is checked between the opening and the decision."))
    committee = Committee.objects.select_for_update().filter(call=call).first()
    if committee is not None:
        require_scoring_open(committee)
    _require_checker(offer, call, actor)
    FormalCheck.objects.get_or_create(offer=offer)
    locked: FormalCheck = FormalCheck.objects.select_for_update().get(offer=offer)
    return locked, committee


def _note(verb: str, check: FormalCheck, actor: Actor, **facts: Any) -> None:
    record(
        verb,
        actor=actor,
        subject_type="offer",
        subject_id=check.offer_id,
        payload={"result": check.result, **facts},
    )
