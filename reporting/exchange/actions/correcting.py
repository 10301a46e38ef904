"""Correcting and removing one visit from a provider's system: by the diary's own verb, of the version that was read."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.errors import DomainError
from kernel.periods import local_datetime
from reporting.delivery.actions import Operation, VisitContent, save_cells
from reporting.delivery.actions.imports import RowsRefused
from reporting.delivery.files import DiaryFile
from reporting.delivery.importing.checking import NewVisit, read_one
from reporting.delivery.models import RemovedVisit, Visit
from reporting.exchange.actions.once import Held, finish_call
from reporting.exchange.gates import Caller, require_live


class Outdated(DomainError):
    """The visit is not the one that the caller has read."""

    status = 412


def correct_visit(
    visit: Visit, diary: DiaryFile, version: int, *, caller: Caller, call: Held | None
) -> dict[str, Any]:
    """Let the visit say what the one row of `diary` says; gives its id and version. Saying the same changes nothing.

    Raises RowsRefused, Outdated, DomainError as the diary does, NotRecognised where the token was revoked meanwhile.
    """
    contract = visit.decision.contract
    with transaction.atomic():
        said, refusals = read_one(diary, contract)
        if said is None:
            raise RowsRefused(refusals)
        saved = _save(visit, "change", version, caller, _content(said))
        return _answer(visit.pk, saved.version if saved else version, caller, call, removed=False)


def remove_visit(
    visit: Visit | None, pk: UUID, version: int, *, caller: Caller, call: Held | None
) -> dict[str, Any]:
    """Take the visit out of the diary; one that is out already stays out. Raises as `correct_visit`."""
    with transaction.atomic():
        if visit is not None:
            _save(visit, "remove", version, caller, None)
        return _answer(pk, version, caller, call, removed=True)


def is_removed(pk: UUID, access: Access) -> bool:
    """Whether the organisation had this visit."""
    return bool(RemovedVisit.objects.visible_to(access).filter(pk=pk).exists())


def _save(
    visit: Visit, kind: Any, version: int, caller: Caller, content: VisitContent | None
) -> Visit | None:
    operation = Operation(
        visit.pk, kind, visit.pk, decision_id=visit.decision_id, version=version, content=content
    )
    [outcome] = save_cells(visit.decision.contract, [operation], access=caller.access, actor=caller.actor)
    if outcome.error is None:
        return outcome.visit
    if outcome.error.code != "changed_meanwhile":
        raise outcome.error
    standing = next(iter(outcome.current), None)
    if standing is None:
        raise Outdated(
            "removed_meanwhile", _("Somebody has removed this visit meanwhile. Follow the feed of changes.")
        )
    raise Outdated(
        "changed_meanwhile",
        format_lazy(
            _(
                "The visit is in version {now} by now, and If-Match names {version}. Read it again, then decide."
            ),
            now=standing.version,
            version=version,
        ),
        field="If-Match",
        value=version,
    )


def _content(said: NewVisit) -> VisitContent:
    start, end = local_datetime(said.starts_at), local_datetime(said.ends_at)
    return VisitContent(
        day=start.date(),
        start=start.time(),
        end=end.time(),
        worker_id=said.worker_id,
        state=said.state,
        activities=tuple(said.activities),
        note=said.note,
    )


def _answer(pk: UUID, version: int, caller: Caller, call: Held | None, *, removed: bool) -> dict[str, Any]:
    require_live(caller.token)
    answer = {"id": str(pk), "version": None if removed else version, "removed": removed}
    if call is not None:
        finish_call(call, 200, answer)
    return answer
