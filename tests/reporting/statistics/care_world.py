"""Random months of care for attacks: two services, prices by two forms, deviations; not all is told by all."""

from collections.abc import Collection
from datetime import date
from random import Random

from reporting.statistics.models import Fact, HeldFact
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of

SEPTEMBER = date(2026, 9, 1)


def tell_month(tenant: Tenant, chance: Random, left_out: Collection[str] = ()) -> None:
    """A month of care with two services, its prices by two forms; somebody may use both. Some is not told by all."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, SEPTEMBER)
    counts = [chance.choice([0, 1, 2, 3, 4, 7, chance.randint(5, 60)]) for _service in range(2)]
    everybody = chance.randint(max(counts), sum(counts))
    minutes = [(count * chance.randint(200, 900), count * chance.randint(100, 200)) for count in counts]
    for service, count, (granted, delivered) in zip(("uslugi", "inne"), counts, minutes, strict=True):
        care_facts(batch, count, granted, delivered, service=service)
    care_facts(batch, everybody, sum(one[0] for one in minutes), sum(one[1] for one in minutes))
    forms = {"procurement": 0, "small_grant": 0}
    for _service, (_granted, delivered) in enumerate(minutes):
        forms[chance.choice(sorted(forms))] += delivered
    if "care_hours_accepted" not in left_out:
        fact_of(batch, "care_hours_accepted", sum(forms.values()), persons=everybody)
    if "hour_price" not in left_out:
        for code, number in (("", sum(forms.values())), *forms.items()):
            if code in left_out:
                HeldFact.objects.create(
                    batch=batch, tenant=tenant, indicator="hour_price", category=code, reason="jump"
                )
            else:
                fact_of(batch, "hour_price", number * 2, denominator=number, category=code)
    if "deviation_rate" in left_out:
        return
    found = [chance.randint(0, 2 * everybody) for _code in range(2)]
    for code, number in (("", sum(found)), ("H1", found[0]), ("H2", found[1])):
        fact_of(batch, "deviation_rate", number, denominator=everybody, persons=everybody, category=code)


def left_out_of(chance: Random) -> set[str]:
    """What a tenant does not tell of a month: it was held for review, or its dictionary is older."""
    return {code for code in ("deviation_rate", "hour_price", "small_grant") if chance.random() < 0.4}
