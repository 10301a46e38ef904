"""Recording where and when something of a call was published, with its proof, or where it will be."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Amendment, Call, Publication, ResultsChange
from documents.actions import store_file
from documents.uploads import Upload
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

NOBODY = UUID(int=0)
_FOLDER = "publications"


def board_address(call: Call) -> str:
    """Where the public reads the call, the name of the site included."""
    return settings.SITE_URL.rstrip("/") + tenant_url("board:call", call.pk)


def record_publication(
    call: Call,
    *,
    subject: str,
    amendment: Amendment | None = None,
    results_change: ResultsChange | None = None,
    place: str,
    posted_on: date,
    url: str = "",
    file: Upload | None = None,
    note: str = "",
    actor: Actor,
) -> Publication:
    """Write down a publication and its proof. Without a proof, and not before today, it is planned.

    What stands for the place already is replaced, its earlier values staying in the record. Raises DomainError
    `not_published`, `proof_missing`, `proof_of_tomorrow`, `board_is_automatic`.
    """
    with transaction.atomic():
        locked = lock_call(call)
        _check(locked, subject, amendment, results_change, place)
        key: dict[str, Any] = {
            "call": locked,
            "subject": subject,
            "amendment": amendment,
            "results_change": results_change,
            "place": place,
        }
        row = Publication.objects.filter(**key).first() or Publication(**key)
        before = _as_values(row) if row.recorded_by else None
        row.posted_on, row.url, row.note = posted_on, url.strip(), note.strip()
        row.recorded_by = actor.user_id or NOBODY
        if file is not None:
            row.proof = store_file(
                file.content,
                name=file.name,
                content_type=file.content_type,
                folder=_FOLDER,
                actor=actor,
                brought=True,
            )
        row.planned = not (row.url or row.note or row.proof_id)
        _check_day(row)
        require_valid(row, exclude=["call", "amendment", "results_change", "proof"])
        row.save()
        locked.save(update_fields=["changed_at"])
        record(
            "plan_publication" if row.planned else "record_publication",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"before": before, "after": _as_values(row)},
        )
    return row


def remove_plan(publication: Publication, *, actor: Actor) -> None:
    """Take back a planned publication. Raises DomainError `publication_proven` where it has its proof."""
    with transaction.atomic():
        call: Call = Call.objects.select_for_update().get(pk=publication.call_id)
        row: Publication = Publication.objects.select_for_update().get(pk=publication.pk)
        if not row.planned:
            raise DomainError(
                "publication_proven",
                _("This publication has its proof: it is not taken back, only corrected."),
            )
        record(
            "remove_publication",
            actor=actor,
            subject_type="call",
            subject_id=row.call_id,
            payload={"before": _as_values(row)},
        )
        row.delete()
        call.save(update_fields=["changed_at"])


def post_on_board(
    call: Call,
    subject: str,
    amendment: Amendment | None = None,
    *,
    results_change: ResultsChange | None = None,
    actor: Actor,
) -> Publication:
    """Note that this platform's board, which is the website, shows it from today; in the caller's transaction."""
    row: Publication
    row, _made = Publication.objects.update_or_create(
        call=call,
        subject=subject,
        amendment=amendment,
        results_change=results_change,
        place=Publication.Place.WWW,
        defaults={
            "posted_on": local_date(timezone.now()),
            "url": board_address(call),
            "planned": False,
            "recorded_by": actor.user_id or NOBODY,
        },
    )
    return row


def post_results(*, call: Call, actor: Actor | None = None, **_facts: Any) -> None:
    """Subscriber of `results_published`: the results stand on the board from today."""
    post_on_board(call, Publication.Subject.RESULTS, actor=actor or Actor.system("board"))


def _check(
    call: Call, subject: str, amendment: Amendment | None, results_change: ResultsChange | None, place: str
) -> None:
    if place == Publication.Place.WWW:
        raise DomainError(
            "board_is_automatic",
            _("The website is this platform's notice board; it is recorded by itself."),
            field="place",
        )
    if call.is_template:
        raise DomainError("template", _("A template is never published. Make a call of it first."))
    there = {
        Publication.Subject.ANNOUNCEMENT: True,
        Publication.Subject.AMENDMENT: amendment is not None and amendment.call_id == call.pk,
        Publication.Subject.RESULTS: call.decided_at is not None
        and (results_change is None or results_change.call_id == call.pk),
        Publication.Subject.ANNULMENT: call.annulled_at is not None,
    }
    if not there.get(subject, False):  # type: ignore[call-overload]
        raise DomainError(
            "not_published", _("This has not happened yet, so it cannot be published."), field="subject"
        )


def _check_day(row: Publication) -> None:
    today = local_date(timezone.now())
    if row.planned and row.posted_on < today:
        raise DomainError(
            "proof_missing",
            _("Published on %(day)s: give a proof, an address, a file or a note who saw it where.")
            % {"day": format_date_text(row.posted_on)},
            field="url",
        )
    if not row.planned and row.posted_on > today:
        raise DomainError(
            "proof_of_tomorrow",
            _(
                "Published on %(day)s: the day has not come yet, so nothing can prove it. Leave the proof empty."
            )
            % {"day": format_date_text(row.posted_on)},
            field="posted_on",
            value=row.posted_on,
        )


def _as_values(row: Publication) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "amendment": row.amendment_id,
        "results_change": row.results_change_id,
        "place": row.place,
        "posted_on": row.posted_on,
        "planned": row.planned,
        "url": row.url,
        "file": row.proof_id,
    }
