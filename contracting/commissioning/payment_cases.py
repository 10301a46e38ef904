"""A made-up case of the calculator: which table, which band, which fee, each with what it was computed from."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracting.commissioning.law import Limit, limit
from contracting.commissioning.models import PaymentTable, Service
from contracting.commissioning.rules.financing import share_percent
from contracting.commissioning.rules.payments import Band, band_for, band_of, fee


@dataclass(frozen=True)
class Case:
    """What a person would pay in a month (PLN), and the way there."""

    table: PaymentTable
    criterion: Limit
    persons: int
    income_percent: Decimal | None
    band: Band
    percent: Decimal
    minutes: int
    fee: Decimal


def table_on(service: Service, on: date) -> PaymentTable | None:
    """The table of the service in force on the day; one query."""
    found: PaymentTable | None = (
        PaymentTable.objects.filter(service=service, valid_from__lte=on).order_by("-valid_from").first()
    )
    return found


def criterion_code(persons: int | None) -> str:
    """The code of the income criterion: of one living alone (None), or of each person in a family."""
    return "income_criterion_alone_pln" if persons is None else "income_criterion_family_pln"


def case_of(
    table: PaymentTable,
    *,
    on: date,
    income: Decimal,
    persons: int | None,
    minutes: int,
    criterion: Limit | None = None,
) -> Case:
    """What a person pays for so many minutes; `persons` is None for one living alone, else the size of the family,
    whose whole income is measured against the criterion times its persons.

    `criterion` is given where it is at hand; else one query. Raises LimitNotKnown where none is known for the day.
    """
    alone = persons is None
    criterion = criterion or limit(criterion_code(persons), on=on)
    measure = criterion.value * (persons or 1)
    band = band_for([band_of(stored) for stored in table.bands], income=income, criterion=measure)
    percent = band.alone if alone else band.family
    return Case(
        table=table,
        criterion=criterion,
        persons=persons or 1,
        income_percent=share_percent(income, measure),
        band=band,
        percent=percent,
        minutes=minutes,
        fee=fee(
            price_per_hour=table.price_per_hour,
            percent=percent,
            minutes=minutes,
            rounding=table.rounding,
        ),
    )
