"""A released country: tenants of two voivodeships with care, prices, advice and calls, some of few persons."""

from datetime import date

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_told, fact_of, small_tenant

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)
JULY, THIRD_QUARTER = date(2026, 7, 1), date(2026, 7, 1)
ACTOR = Actor.system("tests")
# Places of tenants: three counties of one voivodeship, two of another.
PLACES = ("3210012", "3210022", "3210032", "3211012", "3211022", "3212012", "1201012", "1201022", "1202012")


def released_country(*months: date, few: int = 3, places: tuple[str, ...] = PLACES) -> list[Tenant]:
    """Care of the months and advice and calls of the third quarter, released; the second tenant cares for `few`."""
    tenants = [small_tenant(number, place) for number, place in enumerate(places)]
    for month in months:
        for number, tenant in enumerate(tenants):
            care_told(tenant, month, uslugi=few if number == 1 else 20 + 3 * number)
        publish("month", month, actor=ACTOR)
    for number, tenant in enumerate(tenants):
        batch = batch_of(tenant, THIRD_QUARTER, "quarter")
        held = 2 if number == 1 else 30 + number
        fact_of(batch, "advice", held, persons=held)
        missed = 0 if number == 1 else 8 + number
        persons = missed or held
        fact_of(batch, "advice_no_show", missed, denominator=held + missed, persons=persons)
        fact_of(batch, "annulled_calls", number % 3, denominator=10)
    publish("quarter", THIRD_QUARTER, actor=ACTOR)
    return tenants
