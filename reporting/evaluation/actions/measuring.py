"""The verbs on commitments: keep what was measured when a month is accepted, state a value by hand, set conditions."""

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Commitment, Contract
from kernel.access import Access, Actor
from kernel.errors import DomainError
from kernel.periods import Month, resolve_wall_time
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.kinds import without_close
from reporting.evaluation.models import SETTING_FIELDS, Measurement, MeasuringSettings, StatedValue
from reporting.evaluation.queries.diary import conditions_at_hand
from reporting.evaluation.queries.months import ACCEPTED, Cell, measured, promise_of, read_records
from reporting.evaluation.queries.promises import PromisesOf
from reporting.evaluation.rules.measures import RULES, is_met
from reporting.evaluation.rules.services import MEASURED
from reporting.evaluation.rules.work import Conditions
from reporting.supervision.models import Dossier

# What a measurement of a month says; `side` stays.
_MEASURED = ("value", "part", "whole", "outcome", "reason")


def keep_measurements(*, month: date, actor: Actor) -> None:
    """Keep what the month says of the promises of contracts that were accepted; drop it where that was taken back.

    Of a contract for advice or crisis intervention, which has no month to close, the concluded dossier alone counts as
    its acceptance; where decisions were in what was accepted it stays accepted, also when all of them are gone later.
    `month` is its first day. Called in that transaction; doing it again changes nothing. The verb
    that closes or concludes a month holds its contract already; any other contract that another run or verb holds at
    this moment is left to it: waiting here, with the audit held, could lock both.
    """
    with transaction.atomic():
        concluded = Dossier.objects.filter(month=month, state=Dossier.State.CONCLUDED)
        closed = ContractMonth.objects.filter(month=month, state__in=ACCEPTED)
        # Few, and of them alone the snapshots are read, which are large.
        apart = list(without_close(Month.of(month)).values_list("pk", flat=True))
        granted = closed.filter(contract__in=apart, snapshot__decisions__0__isnull=False)
        accepted = Contract.objects.filter(
            Q(pk__in=granted.values("contract_id"))
            | Q(pk__in=closed.exclude(contract__in=apart).values("contract_id"))
            | Q(pk__in=concluded.filter(contract__in=apart).values("contract_id"))
        )
        kept = Measurement.objects.filter(month=month)
        dropped, _of_what = kept.exclude(contract__in=accepted.values("pk")).delete()
        promising = Exists(Commitment.objects.filter(contract=OuterRef("pk")))
        unmeasured = accepted.filter(promising).exclude(pk__in=kept.values("contract_id"))
        held = list(unmeasured.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True))
        # Asked again under the lock: another run may have kept them since.
        meanwhile = set(kept.filter(contract__in=held).values_list("contract_id", flat=True))
        fresh = [contract for contract in held if contract.pk not in meanwhile]
        rows = [row for contract in fresh for row in _measured_rows(contract, Month.of(month))]
        Measurement.objects.bulk_create(rows)
        if dropped or rows:
            record(
                "keep_measurements",
                actor=actor,
                subject_type="tenant",
                subject_id=require_tenant().pk,
                payload={"month": month, "kept": len(rows), "dropped": dropped},
            )


def measure_again(*, contract: Contract, month: Month, actor: Actor) -> None:
    """Measure what is kept of an accepted month again, since a correction says otherwise which visits were held.

    The promises and the conditions are those of the acceptance, and what people stated stays; visits, plans and staff
    are read as they stand. Called in the transaction of the correction, before its audit line: whoever holds the
    contract may wait for the audit. A month of which nothing is kept yet is left to `keep_measurements`.
    """
    with transaction.atomic():
        Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)
        rows = Measurement.objects.filter(contract=contract, month=month.first, measure__in=RULES)
        kept = {promise_of(row).key: row for row in rows}
        if not kept:
            return
        conditions = Conditions.kept(next(iter(kept.values())).conditions)
        promises = [promise_of(row) for row in kept.values()]
        records = read_records(contract, month, month, conditions, RULES)
        changed = []
        for cell in measured(promises, month, records, {}, now=_once_over(month)):
            row = kept[cell.promise.key]
            before = [getattr(row, name) for name in _MEASURED]
            for name in _MEASURED:
                setattr(row, name, getattr(cell, name))
            after = [getattr(row, name) for name in _MEASURED]
            if after != before:
                row.measured_at = timezone.now()
                row.save(update_fields=[*_MEASURED, "measured_at"])
                changed.append({"commitment": row.indicator, "before": before, "after": after})
        if changed:
            record(
                "measure_again",
                actor=actor,
                subject_type="contract",
                subject_id=contract.pk,
                payload={"month": month.first, "changed": changed},
            )


def _once_over(month: Month) -> datetime:
    """Now, or when the month is over where it is not."""
    return max(timezone.now(), resolve_wall_time(month.next().first, time()))


def _measured_rows(contract: Contract, month: Month) -> list[Measurement]:
    conditions = conditions_at_hand()
    stated = {row.key: row for row in StatedValue.objects.filter(contract=contract, month=month.first)}
    promises = PromisesOf(contract).in_month(month)
    records = read_records(contract, month, month, conditions, {one.measure for one in promises})
    cells = measured(promises, month, records, stated, now=_once_over(month))
    return [_row(contract, cell, conditions) for cell in cells]


def _row(contract: Contract, cell: Cell, conditions: Conditions) -> Measurement:
    promise = cell.promise
    return Measurement(
        contract=contract,
        month=cell.month.first,
        key=promise.key,
        position=promise.position,
        indicator=promise.indicator,
        direction=promise.direction,
        promised=promise.promised,
        unit=promise.unit,
        measure=promise.measure,
        value=cell.value,
        part=cell.part,
        whole=cell.whole,
        outcome=cell.outcome.value,
        reason=cell.reason,
        side=cell.side,
        conditions=conditions.told(),
    )


def stated_stamp(row: StatedValue | None) -> str:
    """The stamp of what was stated, or of nothing."""
    return stamp_of(_stated(row))


def _stated(row: StatedValue | None) -> list[Any] | None:
    return None if row is None else [row.value, row.evidence]


def state_value(
    contract: Contract,
    month: Month,
    key: str,
    *,
    value: Decimal,
    evidence: str,
    access: Access,
    seen: str | None = None,
) -> StatedValue:
    """State what no diary tells of a commitment in a month, with its evidence; a later statement replaces it.

    The side is that of the person; a month accepted without the value keeps it from then on. Raises DomainError where
    the diary measures this commitment (`measured_from_diary`), the month has not begun (`month_ahead`), the value was
    kept already (`month_accepted`), or an organisation would write over what the unit stated or confirmed
    (`confirmed_already`); Conflict where somebody stated it meanwhile.
    """
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        promise = next((one for one in PromisesOf(contract).in_month(month) if one.key == key), None)
        if promise is None:
            raise DomainError(
                "no_commitment", _("The contract does not promise this in that month."), value=key
            )
        if promise.measure in MEASURED:
            raise DomainError(
                "measured_from_diary",
                _("This commitment is measured from the records: correct them where they are wrong."),
            )
        if month.first > timezone.localdate():
            raise DomainError(
                "month_ahead",
                _("This month has not begun yet: choose an earlier one."),
                field="value",
                value=month,
            )
        if Measurement.objects.filter(
            contract=contract, month=month.first, key=key, value__isnull=False
        ).exists():
            raise DomainError(
                "month_accepted",
                _("The month is accepted and its value stands. The director can open the month again."),
            )
        row = StatedValue.objects.filter(contract=contract, month=month.first, key=key).first()
        before = _stated(row)
        require_unchanged(seen, stamp_of(before))
        unit = access.sees_all_organisations
        if row is not None and not unit and row.stands_by == Measurement.Side.CONFIRMED:
            raise DomainError(
                "confirmed_already",
                _("The social unit stands behind this value: ask it to correct the value where it is wrong."),
            )
        row = row or StatedValue(contract=contract, month=month.first, key=key)
        row.value, row.evidence = value, evidence.strip()
        row.confirmed_at, row.confirmed_by_name = None, ""
        row.side = StatedValue.Side.UNIT if unit else StatedValue.Side.ORGANISATION
        row.stated_at = timezone.now()
        row.stated_by, row.stated_by_name = access.actor.user_id, access.actor.label[:150]
        require_valid(row, exclude=["contract"])
        row.save()
        kept = _keep_late(row)
        record(
            "state_value",
            actor=access.actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={
                "month": month.first,
                "commitment": promise.indicator,
                "before": before,
                "after": _stated(row),
                "kept": kept,
            },
        )
    return row


def _keep_late(row: StatedValue) -> int:
    """Keep the value where its month was accepted without one, judged by the promise kept then; how many rows."""
    kept = Measurement.objects.filter(
        contract=row.contract_id,
        month=row.month,
        key=row.key,
        measure=Commitment.Measure.REPORTED,
        outcome=Measurement.Outcome.UNMEASURED,
    )
    for one in kept:
        met = is_met(one.direction, one.promised, Fraction(row.value))
        one.outcome = Measurement.Outcome.MET if met else Measurement.Outcome.NOT_MET
        one.value, one.side, one.reason = row.value, row.stands_by, ""
        one.save(update_fields=["outcome", "value", "side", "reason"])
    return len(kept)


def confirm_value(contract: Contract, month: Month, key: str, *, seen: str, actor: Actor) -> StatedValue:
    """The unit confirms what the organisation stated; a value kept on acceptance counts from then on too.

    Somebody has stated it: a statement is never taken away again. Raises DomainError where the unit stands behind it
    already (`confirmed_already`), Conflict where the value is another than was `seen`.
    """
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=contract.pk)
        row: StatedValue = StatedValue.objects.get(contract=contract, month=month.first, key=key)
        require_unchanged(seen, stated_stamp(row))
        if row.stands_by == Measurement.Side.CONFIRMED:
            raise DomainError("confirmed_already", _("The value is confirmed already."))
        row.confirmed_at, row.confirmed_by_name = timezone.now(), actor.label[:150]
        row.save(update_fields=["confirmed_at", "confirmed_by_name"])
        kept = _keep_late(row) or Measurement.objects.filter(
            contract=contract, month=month.first, key=key, side=Measurement.Side.STATED, value=row.value
        ).update(side=Measurement.Side.CONFIRMED)
        record(
            "confirm_value",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={"month": month.first, "commitment": key, "value": row.value, "kept": kept},
        )
    return row


def settings_stamp(settings: MeasuringSettings) -> str:
    """The stamp of the conditions as they stand."""
    return stamp_of(_values(settings))


def change_measuring(values: dict[str, Any], *, seen: str | None = None, actor: Actor) -> MeasuringSettings:
    """Set what is on time, evening and a replacement (minutes, time, hours by field name); accepted months stay.

    Raises DomainError with the fields that are wrong, Conflict where somebody changed them meanwhile.
    """
    with transaction.atomic():
        MeasuringSettings.objects.get_or_create(only=True)
        settings: MeasuringSettings = MeasuringSettings.objects.select_for_update().get(only=True)
        before = _values(settings)
        require_unchanged(seen, stamp_of(before))
        for field in SETTING_FIELDS:
            if field in values:
                setattr(settings, field, values[field])
        after = _values(settings)
        if after != before:
            require_valid(settings)
            settings.save()
            record(
                "change_measuring",
                actor=actor,
                subject_type="tenant",
                subject_id=require_tenant().pk,
                payload={"before": before, "after": after},
            )
    return settings


def _values(settings: MeasuringSettings) -> dict[str, Any]:
    return model_to_dict(settings, fields=SETTING_FIELDS)
