"""A director's own figures beside the quartiles of similar tenants, which are nobody's own and never change."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reporting.statistics.actions.publishing import publish
from reporting.statistics.comparing import MEASURES, Place, size_of
from reporting.statistics.disclosure.quartiles import Peer, quartiles
from reporting.statistics.disclosure.sensitive import Limits, Reason
from reporting.statistics.models import Contribution, ReleasedQuartiles, Relocation
from reporting.statistics.picture import scale
from reporting.statistics.queries.benchmark import Comparison
from reporting.statistics.views.benchmark import other_group
from tenants.models import Tenant, Territory
from tests.factories.facts import batch_of, care_facts, fact_of, in_register, small_tenant
from tests.factories.people import OrganisationFactory
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER

STEP = Decimal(1)
ADDRESS = "/alfa/statistics/benchmark/"


def _peers(values: Sequence[int], *, persons: int | None = None, providers: int = 0) -> list[Peer]:
    """Peers with these values; where `providers` are given, each is served by one of so many in turn."""
    return [
        Peer(
            f"t{number:03d}",
            Decimal(value),
            persons,
            {f"p{number % providers}": Decimal(1000)} if providers else {},
        )
        for number, value in enumerate(values)
    ]


def test_a_quartile_is_the_mean_of_three_around_its_rank() -> None:
    found = quartiles(_peers(range(100, 221, 10)), Limits(), fewest=10, step=STEP)
    # 13 peers: ranks 3, 6 and 9 with one on either side.
    assert (found.peers, found.low, found.middle, found.high) == (13, 130, 160, 190)
    uneven = quartiles(_peers([1, 1, 2, 9, 9, 9, 30, 31, 38, 40, 41, 90]), Limits(), fewest=10, step=STEP)
    assert (uneven.low, uneven.middle, uneven.high) == (7, 23, 36)


def test_no_quartile_is_one_tenants_figure_and_steps_round_it() -> None:
    values = [111, 222, 333, 444, 555, 666, 777, 888, 999, 1110, 1221, 1332]
    for step in (Decimal(1), Decimal(10), Decimal("0.5")):
        found = quartiles(_peers(values), Limits(), fewest=10, step=step)
        for value in (found.low, found.middle, found.high):
            assert value is not None and value % step == 0
    # Whoever knows all but one cannot tell it closer than three steps: the mean of three is rounded.
    moved = quartiles(_peers([*values[:3], 445, *values[4:]]), Limits(), fewest=10, step=Decimal(10))
    assert moved == quartiles(_peers(values), Limits(), fewest=10, step=Decimal(10))


def test_too_few_peers_few_persons_and_one_provider_hide_all_three() -> None:
    nine = quartiles(_peers(range(9)), Limits(), fewest=10, step=STEP)
    assert (nine.hidden, nine.low, nine.middle, nine.high) == (Reason.FEW, None, None, None)
    assert (
        quartiles(_peers(range(12), persons=1), Limits(persons=20), fewest=10, step=STEP).hidden == Reason.FEW
    )
    assert (
        quartiles(_peers(range(12), providers=1), Limits(), fewest=10, step=STEP).hidden == Reason.PROVIDERS
    )
    assert (
        quartiles(_peers(range(12), providers=2), Limits(), fewest=10, step=STEP).hidden == Reason.PROVIDERS
    )
    assert quartiles(_peers(range(12), providers=12), Limits(), fewest=10, step=STEP).hidden is None


def test_one_who_prevails_among_three_makes_more_be_taken_until_nobody_does() -> None:
    peers = _peers(range(20), providers=20)
    peers[10] = Peer("t010", Decimal(10), None, {"p10": Decimal(9000)})
    # With one on either side p10 has 9,000 of 11,000 around the median; with five 9,000 of 19,000 would be safe,
    # and four on either side are too: 9,000 of 17,000.
    found = quartiles(peers, Limits(share=Decimal("0.6")), fewest=10, step=STEP)
    assert (found.hidden, found.middle) == (None, 10)
    assert quartiles(peers, Limits(share=Decimal("0.4")), fewest=10, step=STEP).hidden == Reason.PROVIDERS


def test_who_is_secret_among_those_who_are_shown_is_not_the_rest_of_them() -> None:
    """Three times the quartile less the two prices that are shown would be the third one."""
    shown = [
        Peer(f"t{number:03d}", Decimal(number * 10), 20, dict.fromkeys("abc", Decimal(100)))
        for number in range(21)
    ]
    assert quartiles(shown, Limits(), fewest=10, step=STEP).middle == 100
    alone = {"d": Decimal(100)}
    for secret, why in (
        ([replace(shown[number], providers=alone) for number in (8, 10, 12)], Reason.PROVIDERS),
        ([replace(shown[10], persons=3)], Reason.FEW),
    ):
        peers = [next((one for one in secret if one.key == peer.key), peer) for peer in shown]
        assert quartiles(peers, Limits(), fewest=10, step=STEP).hidden == why
    several = list(shown)
    for number, provider in ((8, "d"), (9, "g"), (10, "e"), (12, "f")):
        several[number] = replace(shown[number], persons=3, providers={provider: Decimal(100)})
    # Two at the rank and beside it are too few; two on either side are four secrets, of whom each knows one.
    found = quartiles(several, Limits(), fewest=10, step=STEP)
    assert (found.hidden, found.low, found.middle, found.high) == (None, 50, 100, 150)
    # The director of one of three would take the own figure away, and two providers are left.
    several[9] = shown[9]
    assert quartiles(several, Limits(), fewest=10, step=STEP).hidden == Reason.PROVIDERS


@pytest.mark.parametrize(
    ("population", "size"),
    [(None, ""), (0, ""), (4_999, "to_5"), (5_000, "to_20"), (99_999, "to_100"), (100_000, "over_100")],
)
def test_classes_of_size(population: int | None, size: str) -> None:
    assert size_of(population) == size


def _told(
    tenant: Tenant, *, price: int, persons: int = 10, provider: Any = None, month: date = OCTOBER
) -> None:
    """A month of care and its price; 600 minutes granted each, 540 delivered and accepted."""
    batch = batch_of(tenant, month)
    care_facts(batch, persons, persons * 600, persons * 540)
    fact_of(batch, "care_fulfilment", persons * 540, denominator=Decimal(persons * 600), persons=persons)
    value = Decimal(persons * 9 * price)
    fact = fact_of(batch, "hour_price", value, denominator=Decimal(persons * 540))
    Contribution.objects.create(
        fact=fact, organisation=provider or OrganisationFactory(), legal_form="association", value=value
    )


def _of_our_size(tenant: Tenant) -> Tenant:
    Tenant.objects.filter(pk=tenant.pk).update(population=12_000, kind=Tenant.Kind.COMMUNE)
    return tenant


def _world(alfa: Tenant, *, others: int, provider: Any = None) -> list[Tenant]:
    made = [_of_our_size(small_tenant(number, f"3201{number:02d}2")) for number in range(10, 10 + others)]
    for number, tenant in enumerate(made):
        _told(tenant, price=40 + number, provider=provider)
    _told(_of_our_size(alfa), price=70, provider=provider)
    return made


def _publish() -> None:
    publish("month", OCTOBER, actor=ACTOR)


def _page(client: Client, query: str = "") -> str:
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def _price(**fields: Any) -> ReleasedQuartiles:
    return ReleasedQuartiles.objects.get(
        **{"measure": "price", "group": "commune:to_20", "voivodeship": "", **fields}
    )


@pytest.mark.django_db
def test_a_director_sees_the_own_price_beside_the_quartiles(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    _world(alfa, others=12)
    _publish()
    row = _price()
    assert (row.peers, row.low, row.middle, row.high) == (13, 43, 46, 49)
    page = _page(sign_in("director", alfa))
    for words in (
        "70,00 zł",
        "43,00 zł",
        "46,00 zł",
        "49,00 zł",
        "wyżej niż u trzech czwartych",
        "13 samorządów",
    ):
        assert words in page
    assert "od 5 do 20 tys. mieszkańców" in page and 'class="strip"' in page and "Gmina 1" not in page
    # Fulfilment is the same everywhere: 90 %.
    assert "w środkowej połowie" in page and "90,0 %" in page
    assert "43,00 zł" in _page(sign_in("coordinator", alfa), "?within=voivodeship")
    assert sign_in("ngo_manager", alfa, OrganisationFactory()).get(ADDRESS).status_code == 403


@pytest.mark.django_db
def test_too_few_peers_are_said_and_not_counted(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    _world(alfa, others=5)
    _publish()
    assert (_price().hidden, _price().peers, _price().low) == ("few", None, None)
    page = _page(sign_in("director", alfa), "?within=voivodeship")
    assert "mniej podobnych samorządów, niż wymaga reguła" in page and "Porównaj z całym krajem" in page
    assert "70,00 zł" in page


@pytest.mark.django_db
def test_one_provider_of_all_hides_prices_and_shows_fulfilment(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    _world(alfa, others=12, provider=OrganisationFactory())
    _publish()
    assert _price().hidden == "providers" and _price(measure="fulfilment").middle == 90
    assert "ujawniłyby sprawy niewielu wykonawców" in _page(sign_in("director", alfa))


@pytest.mark.django_db
def test_what_is_shown_once_is_not_changed_by_those_who_come_later(alfa: Tenant) -> None:
    _world(alfa, others=12)
    _publish()
    first = _price()
    for number in range(30, 36):
        _told(_of_our_size(small_tenant(number, f"3201{number}2")), price=400)
    _publish()
    later = _price()
    assert (later.pk, later.middle, later.release_id) == (first.pk, first.middle, first.release_id)


@pytest.mark.django_db
def test_groups_are_those_of_the_period_and_not_of_today(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """A commune that became a city of another voivodeship afterwards is compared with those it was one of."""
    _world(alfa, others=12)
    before = {"before_id": alfa.territory_id, "kind_before": Tenant.Kind.COMMUNE}
    in_register("1219053")
    Relocation.objects.create(tenant=alfa, valid_from=date(2027, 1, 1), after_id="1219053", **before)
    Tenant.objects.filter(pk=alfa.pk).update(territory="1219053", voivodeship="12", kind=Tenant.Kind.CITY)
    _publish()
    assert (_price().peers, _price(voivodeship="32").peers) == (13, 13)
    assert not ReleasedQuartiles.objects.filter(voivodeship="12").exists()
    director = sign_in("director", alfa)
    for query in ("", "?within=voivodeship"):
        page = _page(director, query)
        assert "43,00 zł" in page and "Wasza grupa: gmina" in page and "zachodniopomorskie" in page


@pytest.mark.django_db
def test_a_figure_of_a_period_in_another_place_names_its_group(alfa: Tenant) -> None:
    """After a move the newest month may be of the new place while the newest quarter is still of the old one."""
    in_register("1219053")
    moved = Territory.objects.get(pk="12")
    for kind, voivodeship, told in (
        (Tenant.Kind.CITY, "12", ""),
        (Tenant.Kind.COMMUNE, "32", f"{Tenant.Kind.COMMUNE.label}, zachodniopomorskie"),
    ):
        one = Comparison(MEASURES[0], None, None, None, Place(f"{kind}:small", voivodeship))
        assert other_group(one, Tenant.Kind.CITY, moved) == told
    assert other_group(Comparison(MEASURES[0], None, None, None), Tenant.Kind.CITY, moved) == ""


@pytest.mark.django_db
def test_hidden_quartiles_are_shown_once_enough_have_come(alfa: Tenant) -> None:
    _world(alfa, others=5)
    _publish()
    for number in range(30, 37):
        _told(_of_our_size(small_tenant(number, f"3201{number}2")), price=45)
    _publish()
    assert (_price().hidden, _price().peers) == ("", 13)


@pytest.mark.django_db
def test_a_tenant_without_inhabitants_has_no_peers_and_is_told_why(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    _world(alfa, others=12)
    Tenant.objects.filter(pk=alfa.pk).update(population=None)
    _publish()
    assert _price().peers == 12
    assert "Nie podano liczby mieszkańców" in _page(sign_in("director", alfa))


@pytest.mark.django_db
def test_the_page_asks_as_much_beside_many_as_beside_few(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    director = sign_in("director", alfa)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            _page(director)
        return len(asked)

    _world(alfa, others=3)
    _publish()
    questions()
    few = questions()
    for number in range(30, 40):
        _told(_of_our_size(small_tenant(number, f"3201{number}2")), price=45)
    _publish()
    assert questions() == few


@pytest.mark.parametrize(
    ("low", "high", "own", "ends"),
    [
        ("42", "50", "47", ("36", "56")),
        ("42", "50", "90", ("36", "90")),
        ("1", "9", "0", ("0", "15")),
        ("100", "100", None, ("99", "101")),
        ("0", "0", "0", ("0", "0.01")),
    ],
)
def test_a_strip_is_drawn_around_the_middle_half(
    low: str, high: str, own: str | None, ends: tuple[str, str]
) -> None:
    found = scale(Decimal(low), Decimal(high), None if own is None else Decimal(own))
    assert found == tuple(map(Decimal, ends))
