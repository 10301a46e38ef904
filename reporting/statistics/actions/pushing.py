"""Pushing a tenant's approved figures to the public tables: the only way figures leave a tenant's schema."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import hold_chain, record
from kernel.access import Actor
from kernel.crypto import decrypt_bytes
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.signing import sign
from kernel.tenancy import require_tenant
from reporting.statistics.actions.receiving import receive
from reporting.statistics.batches.document import Batch, Header, read, same_content, write
from reporting.statistics.batches.figures import Collected
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.collecting import collect_month, collect_quarter
from reporting.statistics.consents import agreed_edition
from reporting.statistics.dictionary import dictionary
from reporting.statistics.locking import await_release, lock_period
from reporting.statistics.models import FactsBatch, PeriodKind, SigningSecret, Standing
from reporting.statistics.places import territory_on


def tell_region(month: date, *, actor: Actor) -> FactsBatch | None:
    """What happens when a month is accepted, or its acceptance taken back; nothing leaves without a consent."""
    if not agreed_edition(require_tenant()):
        return None
    return push_month(month, actor=actor)


def push_month(month: date, *, actor: Actor) -> FactsBatch | None:
    """Write the month's figures as a new version, in the caller's transaction; the older version stays as history.

    A month whose acceptance was taken back is pushed without the contract, so that the region never keeps more
    than what is approved; one of which nothing was ever told needs no push, and gives None. Where nothing changed since
    the last push, that one is returned.
    """
    first = Month.of(month).first
    return _push(PeriodKind.MONTH, first, lambda: collect_month(Month.of(first)), actor)


def push_quarter(quarter: Quarter, *, actor: Actor) -> FactsBatch | None:
    """Close a quarter: its figures are approved and leave; once more after a correction, as a new version.

    Raises DomainError `period_not_over` while it lasts.
    """
    if timezone.localdate() <= quarter.last:
        raise DomainError(
            "period_not_over",
            format_lazy(
                _("The quarter lasts until {last}: close it from the next day on."),
                last=f"{quarter.last:%d.%m.%Y}",
            ),
            field="quarter",
            value=quarter,
        )
    return _push(PeriodKind.QUARTER, quarter.first, lambda: collect_quarter(quarter), actor)


def collected(kind: str, period: date, edition: int) -> Collected:
    """The figures of a period as they would leave now, of the indicators up to an edition of the dictionary."""
    found = (
        collect_month(Month.of(period)) if kind == PeriodKind.MONTH else collect_quarter(Quarter.of(period))
    )
    return _in_force(found, kind, period, edition)


def _in_force(content: Collected, kind: str, period: date, edition: int) -> Collected:
    """The figures whose version of the indicator holds in the period, and to which the tenant agreed."""
    known = {
        (one.code, one.version)
        for one in dictionary().in_force(Month.of(period), kind)
        if one.edition <= edition
    }
    kept = (one for one in content.figures if (one.indicator, one.version) in known)
    return replace(content, figures=tuple(kept))


def _push(kind: str, period: date, collect: Callable[[], Collected], actor: Actor) -> FactsBatch | None:
    tenant = require_tenant()
    with transaction.atomic():
        hold_chain()
        lock_period(tenant, kind, period)
        edition = require_agreed(tenant)
        content = _in_force(collect(), kind, period, edition)
        newest = FactsBatch.objects.filter(tenant=tenant, kind=kind, period=period).first()
        if newest is None and kind == PeriodKind.MONTH and not content.accepted:
            return None
        header = Header(
            tenant.pk,
            territory_on(tenant, period),
            kind,
            period,
            newest.version + 1 if newest else 1,
            newest.content_sha256 if newest else "",
            edition,
        )
        if newest is not None and same_content(Batch(header, content), read(newest.document)):
            return newest
        return _send(write(header, content), actor)


def _send(text: str, actor: Actor) -> FactsBatch:
    tenant = require_tenant()
    batch = receive(tenant, text, _signature(tenant, text), actor=actor)
    record(
        f"push_{batch.kind}",
        actor=actor,
        subject_type="facts_batch",
        subject_id=batch.pk,
        payload={batch.kind: batch.period, "version": batch.version, "sha256": batch.content_sha256},
    )
    return batch


def send_from_new_place(since: date, *, actor: Actor) -> int:
    """Send once more, as it was told, what came of periods from a day on and stands in no release; how many periods.

    It named the place in which the tenant lay before its move was recorded. In the caller's transaction; what is
    released keeps its place, and a publication that has begun is waited for. A push holds the record from its first
    look: one that was quicker is sent again here, and one that waits finds the new place.
    """
    tenant = require_tenant()
    if not agreed_edition(tenant):
        return 0
    hold_chain()
    sent = FactsBatch.objects.filter(tenant=tenant, period__gte=since)
    periods = sent.order_by("kind", "period").values_list("kind", "period").distinct()
    return sum(_send_from_there(kind, period, actor) for kind, period in list(periods))


def _send_from_there(kind: str, period: date, actor: Actor) -> bool:
    tenant = require_tenant()
    await_release(kind, period)
    lock_period(tenant, kind, period)
    if Standing.objects.filter(tenant=tenant, kind=kind, period=period).exists():
        return False
    newest = FactsBatch.objects.filter(tenant=tenant, kind=kind, period=period)[0]
    told, place = read(newest.document), territory_on(tenant, period)
    if told.header.territory == place:
        return False
    header = replace(told.header, territory=place, version=newest.version + 1, previous=newest.content_sha256)
    _send(write(header, told.content), actor)
    return True


def require_agreed(tenant: Any) -> int:
    """The edition up to which figures may leave. Raises DomainError `not_approved` where none may."""
    edition = agreed_edition(tenant)
    if not edition:
        raise DomainError(
            "not_approved",
            _(
                "Nothing leaves yet: the director first looks at the preview and approves that figures are sent."
            ),
        )
    return edition


def _signature(tenant: Any, text: str) -> str:
    secret = SigningSecret.objects.get(key__tenant=tenant, key__retired_at__isnull=True)
    return sign(decrypt_bytes(secret.wrapped), text)
