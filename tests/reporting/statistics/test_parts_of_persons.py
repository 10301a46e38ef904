"""A figure that counts a part of persons: neither the part nor its rest may be few, in tenants, sums and versions."""

from datetime import date
from random import Random

import pytest

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.models import Fact, Release, ReleasedCell
from tenants.models import Tenant
from tests.factories.facts import batch_of, fact_of, small_tenant
from tests.reporting.statistics.reader import Reader, findings_of_everything

JULY = date(2026, 7, 1)
ACTOR = Actor.system("tests")
CODE = "programme_finished"
pytestmark = pytest.mark.django_db


def _tell(tenant: Tenant, finished: int, began: int, persons: int | None = None) -> None:
    """So many finished of those who began; behind it stand all of them, unless said."""
    Fact.objects.filter(tenant=tenant, current=True).update(current=False)
    batch = batch_of(tenant, JULY, "quarter")
    fact_of(batch, CODE, finished, denominator=began, persons=began if persons is None else persons)


def _publish() -> Release | None:
    return publish("quarter", JULY, actor=ACTOR)


def _tenants(*told: tuple[int, int], county: str = "0401") -> list[Tenant]:
    made = [small_tenant(int(county) * 10 + number, f"{county}0{number}2") for number in range(len(told))]
    for tenant, (finished, began) in zip(made, told, strict=True):
        _tell(tenant, finished, began)
    return made


def _shown(place: object) -> list[str] | None:
    row = ReleasedCell.objects.current().get(population="programmes_ended", place=str(place), part="*")
    assert row.hidden == ("" if row.figures else "persons")
    return None if row.figures is None else row.figures[CODE][1:]


@pytest.mark.parametrize("few", [(1, 6), (5, 6), (4, 4), (30, 31), (3, 40)])
def test_few_who_finished_or_did_not_are_hidden(few: tuple[int, int]) -> None:
    tenants = _tenants(few, (20, 40), (30, 60), (25, 60))
    _publish()
    assert _shown(tenants[0].pk) is None
    assert _shown("0401") is not None
    assert findings_of_everything() == []


def test_nobody_and_everybody_are_no_few() -> None:
    nobody, everybody, _third = _tenants((0, 6), (6, 6), (20, 40))
    _publish()
    assert (_shown(nobody.pk), _shown(everybody.pk)) == (["0", "6"], ["6", "6"])


def test_a_sum_in_which_few_finished_is_hidden_too() -> None:
    """Fifteen who began stand in the county; the one of them who finished is as alone there as at home."""
    _tenants((1, 1), (0, 9), (0, 5))
    _tenants((20, 40), (30, 60), (25, 60), county="0402")
    _publish()
    assert _shown("0401") is None
    assert _shown("04") == ["76", "175"]
    assert findings_of_everything() == []


def test_a_correction_that_tells_how_one_of_many_fared_waits() -> None:
    first, *_rest = _tenants((20, 40), (30, 60), (25, 60))
    _publish()
    for correction in ((21, 60), (39, 60)):
        _tell(first, *correction)
        assert _publish() is None
    _tell(first, 30, 60)
    assert _publish() is not None
    assert _shown(first.pk) == ["30", "60"]
    assert findings_of_everything() == []


def test_who_comes_late_with_one_who_finished_waits() -> None:
    _tenants((20, 40), (30, 60), (25, 60))
    _publish()
    late = small_tenant(9, "0401092")
    _tell(late, 1, 20)
    assert _publish() is None
    _tell(late, 10, 20)
    assert _publish() is not None
    assert _shown("0401") == ["85", "180"]


@pytest.mark.parametrize("seed", range(3))
def test_versions_of_a_quarter_give_nobody_away(seed: int) -> None:
    chance = Random(seed)
    tenants = [small_tenant(n, f"04{1 + n % 3:02d}{n:02d}2") for n in range(12)]
    reader = Reader("programmes_ended")

    def tell(tenant: Tenant) -> None:
        began = chance.choice([0, 6, 12, chance.randint(10, 80)])
        rest = chance.choice([0, 1, 3, began, chance.randint(0, began)])
        finished = max(began - rest, 0)
        behind = min((one for one in (finished, began - finished) if one), default=0)
        _tell(tenant, finished, began, behind)

    for first, last in ((0, 6), (6, 7), (7, 9), (9, 12)):
        for tenant in tenants[first:last]:
            tell(tenant)
        if first:
            tell(chance.choice(tenants[:first]))
        _publish()
        reader.look("quarter", JULY)
    assert len(reader.secrets()) > 2 and len(reader.shown[CODE]) > 3
    assert reader.findings() == []
    for tenant in tenants:
        assert reader.findings(str(tenant.pk)) == []
