"""Random tables of tenants in counties, with services, persons counted once over them, and minutes."""

from random import Random

from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Figures, Table, sum_up

HOUR = 60


def parents_of(tenants: list[str], chance: Random, counties: int) -> dict[str, str]:
    """Tenants spread over counties of two voivodeships of the country."""
    parents = {"02": COUNTRY, "04": COUNTRY}
    for number in range(counties):
        parents[f"{'02' if number % 2 else '04'}{number:02d}"] = "02" if number % 2 else "04"
    names = sorted(place for place in parents if len(place) == 4)
    return parents | {tenant: chance.choice(names) for tenant in tenants}


def random_table(chance: Random, *, tenants: int = 8, counties: int = 3, services: int = 2) -> Table:
    """Small counts are frequent, zeros too; a person may use several services."""
    names = [f"t{number}" for number in range(chance.randint(1, tenants))]
    leaves: dict[tuple[str, str], Figures] = {}
    for name in names:
        everybody: set[int] = set()
        minutes = [0, 0]
        for service in "abcd"[:services]:
            count = chance.choice([0, 0, 1, 2, 3, 4, chance.randint(5, 12), chance.randint(10, 60)])
            users = set(chance.sample(range(80), count))
            granted = sum(chance.randint(2, 60) * HOUR for _ in users)
            delivered = granted * chance.randint(0, 10) // 10
            everybody |= users
            minutes = [minutes[0] + granted, minutes[1] + delivered]
            if chance.random() < 0.9 or users:
                leaves[name, service] = Figures(len(users), (granted, delivered))
        leaves[name, ALL_SERVICES] = Figures(len(everybody), tuple(minutes))
    return sum_up(leaves, parents_of(names, chance, counties))


def random_business(chance: Random, *, tenants: int = 8, counties: int = 3) -> Table:
    """What was paid and for how many hours, by providers that work for several tenants; no persons are counted."""
    names = [f"t{number}" for number in range(chance.randint(1, tenants))]
    leaves: dict[tuple[str, str], Figures] = {}
    for name in names:
        earned = {
            f"o{provider}": chance.choice([5, 50, 500]) * chance.randint(10, 99)
            for provider in chance.sample(range(6), chance.randint(0, 5))
        }
        public = chance.choice([0, 0, 4000])
        money = sum(earned.values()) + public
        leaves[name, ALL_SERVICES] = Figures(None, (money, money // 40), earned)
    return sum_up(leaves, parents_of(names, chance, counties))
