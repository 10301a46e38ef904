"""Results after their publication in a real browser: who stepped back, who comes next, what the public reads of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from contracting.tenders.actions.reserves import give_up_award
from contracting.tenders.models import Award
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.reserves import decide

_count = iter(range(100))


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """150 000 zł in one part: offer 1 has 100 000, the two others wait."""
    made = build_judging(alfa, offers=3, number=f"K/W{next(_count)}/2026", lots=["150000.00"])
    with tenant_scope(alfa):
        decide(made.call, ["granted", "reserve", "reserve"])
    return made


@pytest.fixture
def director_of(new_page: Callable[..., Page]) -> Callable[..., Page]:
    def make(world: JudgingWorld, **look: Any) -> Page:
        client = world.client(world.director)
        return new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value, **look)

    return make


def test_the_director_passes_a_grant_on(world: JudgingWorld, director_of: Callable[..., Page]) -> None:
    page = director_of(world)
    page.goto(world.url("decision"))
    page.get_by_role("link", name="Wyniki i lista rezerwowa").click()
    page.get_by_role("link", name="Oferent zrezygnował…").first.click()
    page.get_by_label("Powód").fill("Brak kadry w nowym roku")
    page.get_by_role("button", name="Zapisz rezygnację oferenta").click()
    amount = page.get_by_label("Oferta 2: kwota, zł")
    assert amount.input_value().replace("\u00a0", "").replace(" ", "") in ("100000,00", "100000.00")
    page.get_by_label("Powód").fill("Następna oferta z listy")
    page.get_by_role("button", name="Przyznaj i opublikuj zmienione wyniki").click()
    expect(page.get_by_role("heading", name="Wyniki: zmiana 2")).to_be_visible()
    page.goto(f"/{world.tenant.slug}/board/{world.call.pk}/")
    expect(page.locator("#results-change-2")).to_contain_text("Fundacja Jodła 2")
    expect(page.locator("s")).to_contain_text("100")


@pytest.mark.parametrize(
    "look", [{}, {"language": "en", "theme": "dark", "viewport": {"width": 390, "height": 844}}]
)
def test_the_pages_of_results_pass_axe_and_fit_a_phone(
    world: JudgingWorld, director_of: Callable[..., Page], look: dict[str, Any]
) -> None:
    with tenant_scope(world.tenant):
        first, second, _third = Award.objects.filter(lot__call=world.call).order_by("rank")
        give_up_award(
            first, happened_on=timezone.localdate(), reason="Brak kadry", actor=world.director_actor
        )
    page = director_of(world, **look)
    found = {}
    for address in (
        world.url("decision"),
        world.url("decision/results"),
        world.url("awards", second, "give-up"),
        f"/{world.tenant.slug}/board/{world.call.pk}/",
        f"/{world.tenant.slug}/calls/{world.call.pk}/publications/",
    ):
        page.goto(address)
        found[address] = check_page(page, look.get("language", "pl")) + check_width(page, 390, 1280)
    assert {name: faults for name, faults in found.items() if faults} == {}
