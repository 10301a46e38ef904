"""An analyst saves a question of the desk as a report; it is made when a release appears, and its files are kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError
from kernel.region_role import in_region_role
from kernel.tenancy import PUBLIC, public_scope
from reporting.statistics.desk.saved import canonical, query_of
from reporting.statistics.models import MadeReport, SavedReport
from reporting.statistics.tasks import mail_report
from tenants.models import RegionMembership

_NAME_LENGTH = 120


def save_report(
    *, voivodeship: str, name: str, query: str, schedule: str, form: str, actor: Actor
) -> SavedReport:
    """Keep a question of the actor under a name; a schedule decides whether it is asked of months or of quarters.

    Raises DomainError `name_missing`, `name_too_long`, `name_taken`, or `not_of_this_length` where the indicator is not
    told of periods of the schedule's length.
    """
    if actor.user_id is None:
        raise ValueError("a report is a person's, who is told of its files")
    said = name.strip()
    if not said:
        raise DomainError(
            "name_missing", _("Give the report a name, by which you will find it."), field="name"
        )
    if len(said) > _NAME_LENGTH:
        raise DomainError(
            "name_too_long",
            _("The name has %(count)s characters; shorten it to %(max)s.")
            % {"count": len(said), "max": _NAME_LENGTH},
            field="name",
        )
    with public_scope(), transaction.atomic():
        kind = "" if schedule == SavedReport.Schedule.NEVER else schedule
        asked = canonical(query, voivodeship, kind)
        if kind and asked.kind != kind:
            raise DomainError(
                "not_of_this_length",
                _("This indicator is not told of such periods: choose another schedule."),
                field="schedule",
                value=schedule,
            )
        if SavedReport.objects.of_region(voivodeship).filter(name=said, ended_at__isnull=True).exists():
            raise _taken(said)
        try:
            with transaction.atomic():
                report: SavedReport = SavedReport.objects.create(
                    voivodeship_id=voivodeship,
                    name=said,
                    query=query_of(asked),
                    schedule=schedule,
                    form=form,
                    author_id=actor.user_id,
                )
        except IntegrityError as error:
            raise _taken(said) from error
        record(
            "save_region_report",
            actor=actor,
            subject_type="region_report",
            subject_id=report.pk,
            payload={"query": report.query, "schedule": schedule, "form": form},
        )
    return report


def _taken(name: str) -> DomainError:
    return DomainError(
        "name_taken",
        _("The voivodeship has a report of this name: choose another, or end that one first."),
        field="name",
        value=name,
    )


def end_report(report: SavedReport, *, actor: Actor) -> None:
    """The report is made no more; its files stay. Raises DomainError `report_ended`."""
    with public_scope(), transaction.atomic():
        ended = SavedReport.objects.filter(pk=report.pk, ended_at__isnull=True).update(
            ended_at=timezone.now()
        )
        if not ended:
            raise DomainError("report_ended", _("This report has been ended already."))
        record("end_region_report", actor=actor, subject_type="region_report", subject_id=report.pk)


@dataclass(frozen=True)
class Written:
    """A file of a report: the period it is of, and the newest release in it."""

    period: str
    released_at: datetime
    content: bytes
    name: str
    content_type: str


# Gives the file of a report in its newest released period; None where nothing is released.
Writer = Callable[[SavedReport], Written | None]


def make_report(report: SavedReport, write: Writer, *, tell: bool = True, actor: Actor) -> MadeReport | None:
    """Make the report's file of its newest released period, once for each release that changes it.

    None where there is nothing new: no release, the same release, or the same content. It is written in the language of
    the author, who is told by mail unless `tell` is False.
    """
    with in_region_role(), transaction.atomic():
        locked = (
            SavedReport.objects.select_for_update(of=["self"])
            .select_related("author")
            .defer("author__password")
            .get(pk=report.pk)
        )
        with translation.override(locked.author.language):
            written = write(locked)
        if written is None:
            return None
        digest = hashlib.sha256(written.content).hexdigest()
        before = MadeReport.objects.filter(report=locked, period=written.period).defer("content").first()
        if before is not None and (before.released_at >= written.released_at or before.sha256 == digest):
            return None
        made = MadeReport.objects.create(
            report=locked,
            period=written.period,
            released_at=written.released_at,
            name=written.name,
            content_type=written.content_type,
            content=written.content,
            sha256=digest,
            mailed_at=None if tell else timezone.now(),
        )
        record(
            "make_region_report",
            actor=actor,
            subject_type="region_report",
            subject_id=locked.pk,
            payload={"period": written.period, "sha256": digest},
        )
        if tell:
            send_after_commit(mail_report, made.pk, schema=PUBLIC)
    return made


def make_scheduled(write: Writer, *, actor: Actor) -> int:
    """Make every scheduled report whose author is still an analyst of its voivodeship; returns how many files came."""
    with public_scope():
        analysts = set(RegionMembership.objects.values_list("user_id", "voivodeship_id"))
        due = [
            one for one in SavedReport.objects.scheduled() if (one.author_id, one.voivodeship_id) in analysts
        ]
    return sum(make_report(one, write, actor=actor) is not None for one in due)
