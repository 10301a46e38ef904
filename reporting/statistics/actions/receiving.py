"""Receiving a signed batch into the public tables: what is wrong with it is refused, what is doubtful is held."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.access import Actor
from kernel.errors import DomainError
from kernel.metrics import FACT_BATCHES
from kernel.periods import Month
from kernel.signing import holds
from reporting.statistics.batches.document import Batch, NotADocument, digest_of, read
from reporting.statistics.batches.figures import EVERY_SERVICE, Figure
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.batches.plausibility import Doubt, doubt_of
from reporting.statistics.consents import agreed_edition
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.hooks import figures_pushed
from reporting.statistics.locking import lock_period
from reporting.statistics.models import (
    Contribution,
    Fact,
    FactsBatch,
    HeldFact,
    PeriodKind,
    SigningKey,
)
from reporting.statistics.places import territory_on
from reporting.statistics.queries.confirmed import confirmed_before
from tenants.models import Tenant

_NAME_LENGTH = 150
_HISTORY_YEARS = 1


def receive(tenant: Tenant, text: str, signature: str, *, actor: Actor) -> FactsBatch:
    """Take a batch that a tenant brings; the figures of its older version stay as history.

    The same batch a second time changes nothing. Raises DomainError for anything that is not a batch of this tenant,
    signed with its key, in turn, of a period that is over, with figures that the dictionary knows then.
    """
    batch = _read(text)
    header = batch.header
    if header.tenant != tenant.pk:
        raise DomainError(
            "wrong_tenant",
            _("The batch belongs to another tenant than the one that brings it: nothing is taken."),
        )
    key = _key_of(tenant, text, signature)
    with transaction.atomic():
        lock_period(tenant, header.kind, header.period)
        newest = FactsBatch.objects.filter(tenant=tenant, kind=header.kind, period=header.period).first()
        digest = digest_of(text)
        if newest is not None and newest.content_sha256 == digest:
            return newest
        _require_sending(tenant, header.edition)
        _require_in_turn(batch, newest)
        _require_over(batch)
        _require_place(tenant, batch)
        indicators = _require_known(batch)
        _require_accepted(batch, newest)
        stored = FactsBatch.objects.create(
            tenant=tenant,
            kind=header.kind,
            period=header.period,
            version=header.version,
            edition=header.edition,
            territory_id=header.territory,
            voivodeship_id=header.territory[:2],
            contracts_accepted=batch.content.accepted,
            contracts_total=batch.content.contracts,
            pushed_by=actor.user_id,
            pushed_by_name=actor.label[:_NAME_LENGTH],
            document=text,
            content_sha256=digest,
            previous_sha256=header.previous,
            key=key,
            signature=signature,
        )
        if newest is not None:
            _supersede(newest)
        _store(stored, batch.content.figures, indicators)
        figures_pushed.fire(kind=header.kind, period=header.period)
        transaction.on_commit(FACT_BATCHES.labels(header.kind).inc, robust=True)
    return stored


def facts_of(batch: FactsBatch, figures: Iterable[Figure]) -> list[tuple[Fact, Figure]]:
    """The rows of figures of a batch, not stored yet."""
    return [
        (
            Fact(
                batch=batch,
                tenant_id=batch.tenant_id,
                territory_id=batch.territory_id,
                voivodeship_id=batch.voivodeship_id,
                kind=batch.kind,
                period=batch.period,
                indicator=one.indicator,
                version=one.version,
                service=one.service,
                category=one.category,
                numerator=one.numerator,
                denominator=one.denominator,
                persons=one.persons,
            ),
            one,
        )
        for one in figures
    ]


def store_facts(batch: FactsBatch, figures: Iterable[Figure]) -> None:
    """Write figures of a batch as the current ones, with what organisations stand for in them."""
    made = facts_of(batch, figures)
    Fact.objects.bulk_create([fact for fact, _figure in made])
    Contribution.objects.bulk_create(
        Contribution(
            fact=fact,
            organisation_id=part.organisation,
            legal_form=part.legal_form,
            is_public=part.is_public,
            value=part.value,
        )
        for fact, figure in made
        for part in figure.parts
    )


def _read(text: str) -> Batch:
    try:
        return read(text)
    except NotADocument as error:
        raise DomainError(
            "not_a_batch",
            _("What was brought is no batch of figures in the form that is signed: nothing is taken."),
        ) from error


def _key_of(tenant: Tenant, text: str, signature: str) -> SigningKey:
    key = SigningKey.objects.filter(tenant=tenant, retired_at__isnull=True).first()
    if key is None or not holds(key.public_key, text, signature):
        raise DomainError(
            "signature_wrong",
            _("The signature is not one of the tenant's key in use: nothing is taken. Send the period anew."),
        )
    return key


def _require_sending(tenant: Tenant, edition: int) -> None:
    if agreed_edition(tenant) < max(edition, 1):
        raise DomainError(
            "not_sending",
            _(
                "The tenant does not send figures now: its director has not approved it for these indicators, has "
                "stopped it, or the tenant is suspended. What was sent before stays."
            ),
        )


def _require_in_turn(batch: Batch, newest: FactsBatch | None) -> None:
    expected = (newest.version + 1, newest.content_sha256) if newest is not None else (1, "")
    if (batch.header.version, batch.header.previous) != expected:
        raise DomainError(
            "out_of_turn",
            format_lazy(
                _(
                    "Version {version} of this period does not follow the one that is here: version {expected} comes."
                ),
                version=batch.header.version,
                expected=expected[0],
            ),
            field="version",
            value=batch.header.version,
        )


def _require_over(batch: Batch) -> None:
    kind, first = batch.header.kind, batch.header.period
    if (
        kind not in PeriodKind.values
        or first.day != 1
        or (kind == "quarter" and Quarter.of(first).first != first)
    ):
        raise DomainError("no_such_period", _("A period is a month or a quarter, known by its first day."))
    last = Month.of(first).last if kind == PeriodKind.MONTH else Quarter.of(first).last
    if timezone.localdate() <= last:
        raise DomainError(
            "period_not_over",
            format_lazy(
                _("The period lasts until {last}: its figures come after that day."), last=f"{last:%d.%m.%Y}"
            ),
            field="period",
            value=first,
        )


def _require_known(batch: Batch) -> Mapping[str, Indicator]:
    """The indicators of the batch by code; each figure must be one that the dictionary knows in the period."""
    header = batch.header
    known = {
        one.code: one
        for one in dictionary().in_force(Month.of(header.period), header.kind)
        if one.edition <= header.edition
    }
    places = Counter(figure.place for figure in batch.content.figures)
    for figure in batch.content.figures:
        one = known.get(figure.indicator)
        if one is None or one.version != figure.version:
            raise DomainError(
                "version_not_in_force",
                format_lazy(
                    _(
                        "Version {version} of “{code}” is not in force in this period: the dictionary says which is."
                    ),
                    code=figure.indicator,
                    version=figure.version,
                ),
                field="indicator",
                value=figure.indicator,
            )
        if not _fits(figure, one) or places[figure.place] > 1:
            raise DomainError(
                "figure_out_of_place",
                format_lazy(
                    _(
                        "A figure of “{code}” stands twice, or in a category or service that it does not have."
                    ),
                    code=figure.indicator,
                ),
                field="indicator",
                value=figure.indicator,
            )
    return known


def _fits(figure: Figure, indicator: Indicator) -> bool:
    has_category = not figure.category or (
        indicator.breakdown is not None and figure.category in indicator.breakdown.categories
    )
    return (
        has_category
        and (figure.service == EVERY_SERVICE or indicator.by_service)
        and (figure.denominator is not None) == indicator.is_ratio
        and (figure.persons is not None) == bool(indicator.base)
        and (indicator.business or not figure.parts)
    )


def _require_accepted(batch: Batch, newest: FactsBatch | None) -> None:
    """A month has figures only of accepted contracts; without any it can only take back what was told."""
    if batch.header.kind != PeriodKind.MONTH:
        return
    content = batch.content
    if content.accepted > content.contracts or (content.figures and not content.accepted):
        told = True
    else:
        told = newest is None and not content.accepted
    if told:
        raise DomainError(
            "month_not_accepted",
            _("No contract's month is accepted: figures are sent when the month has been accepted."),
            field="period",
            value=batch.header.period,
        )


def _require_place(tenant: Tenant, batch: Batch) -> None:
    named, lay = batch.header.territory, territory_on(tenant, batch.header.period)
    if named != lay:
        raise DomainError(
            "wrong_place",
            format_lazy(
                _(
                    "The batch names the territory {named}, but in its period the tenant lay in {lay}: nothing is "
                    "taken. Send the period anew."
                ),
                named=named,
                lay=lay,
            ),
            field="territory",
            value=named,
        )


def _supersede(older: FactsBatch) -> None:
    """The older version's figures become history, and so does what waited for a look in it."""
    Fact.objects.filter(tenant_id=older.tenant_id, kind=older.kind, period=older.period, current=True).update(
        current=False
    )
    HeldFact.objects.filter(batch=older, state=HeldFact.State.WAITING).update(
        state=HeldFact.State.SUPERSEDED, decided_at=timezone.now()
    )


def _store(batch: FactsBatch, figures: Iterable[Figure], indicators: Mapping[str, Indicator]) -> None:
    """Sound figures are published, doubtful ones held; what was confirmed and did not change stays confirmed."""
    history, confirmed = _history(batch, indicators), confirmed_before([batch])
    sound: list[Figure] = []
    held: list[HeldFact] = []
    for figure in figures:
        doubt = doubt_of(figure, indicators[figure.indicator], history.get(figure.place, ()))
        if doubt is None:
            sound.append(figure)
            continue
        row = _held(batch, figure, doubt)
        earlier = confirmed.get((batch.pk, figure.place))
        if earlier is not None and earlier.figure == figure and row.is_confirmable:
            _confirm_as(row, earlier.held)
            sound.append(figure)
        held.append(row)
    store_facts(batch, sound)
    HeldFact.objects.bulk_create(held)


def _held(batch: FactsBatch, figure: Figure, doubt: Doubt) -> HeldFact:
    return HeldFact(
        batch=batch,
        tenant_id=batch.tenant_id,
        indicator=figure.indicator,
        service=figure.service,
        category=figure.category,
        reason=doubt.reason,
        bound=doubt.bound,
    )


def _confirm_as(row: HeldFact, earlier: HeldFact) -> None:
    """Who said it, when and why stays what it was."""
    row.state, row.note, row.decided_at = earlier.state, earlier.note, earlier.decided_at
    row.decided_by, row.decided_by_name = earlier.decided_by, earlier.decided_by_name


def _history(
    batch: FactsBatch, indicators: Mapping[str, Indicator]
) -> Mapping[tuple[str, str, str], list[Decimal]]:
    """The tenant's own values of the year before, of what may jump; only totals are told apart. One query."""
    watched = [one.code for one in indicators.values() if one.bounds.jump is not None]
    since = date(batch.period.year - _HISTORY_YEARS, batch.period.month, 1)
    rows = (
        Fact.objects.totals()
        .filter(tenant_id=batch.tenant_id, kind=batch.kind, indicator__in=watched)
        .filter(period__gte=since, period__lt=batch.period)
        .values_list("indicator", "version", "numerator", "denominator")
    )
    found: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for code, version, numerator, denominator in rows:
        indicator = indicators[code]
        value = indicator.value(numerator, denominator)
        if version == indicator.version and value is not None:
            found[code, EVERY_SERVICE, ""].append(value)
    return found
