"""Every page of offers, their opening and the recovery key: axe, one heading, language, and no sideways scrolling."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from contracting.tenders.actions import drafting
from contracting.tenders.content import SECTIONS
from contracting.tenders.models import OfferFile
from documents.models import StoredFile
from documents.uploads import Upload
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.contracting.tenders.offers_world import MANAGER, bidder
from tests.factories.offering import bidding
from tests.factories.people import signed_in_client

PASSWORD = "dlugie-haslo-do-prob"


@pytest.fixture(scope="module")
def made(browser: Any) -> dict[str, Any]:
    """What the first test makes and the others look at; all of it is committed."""
    return {}


@pytest.fixture
def offers(alfa: Tenant, made: dict[str, Any]) -> dict[str, Any]:
    if not made:
        with tenant_scope(alfa):
            organisation = bidder("Fundacja Aronia")
            made.update(organisation=organisation, **bidding("Aronia", organisation))
    return made


def _look(page: Page, addresses: list[str], language: str) -> dict[str, list[str]]:
    found = {}
    for address in addresses:
        answer = page.goto(f"/alfa/offers/{address}")
        assert answer is not None and answer.status == 200, address
        if faults := check_page(page, language) + check_width(page, 390, 320):
            found[address] = faults
    return found


def _pages_of_bidder(offers: dict[str, Any]) -> list[str]:
    written, sealed, replacing, opened = (
        offers[name].pk for name in ("written_offer", "sealed_offer", "replacing_offer", "opened_offer")
    )
    return [
        "",
        f"start/{offers['sealed_call'].lots.get(position=4).pk}/",
        f"{written}/",
        *(f"{written}/section/{key}/" for key in SECTIONS),
        f"{written}/section/budget/?blank",
        f"{written}/files/",
        f"{written}/preview/",
        f"{written}/hand-in/",
        f"{written}/partners/new/",
        f"{written}/partners/{offers['offer_partner'].pk}/",
        f"{written}/partners/{offers['offer_partner'].pk}/remove/",
        f"{sealed}/",
        f"{sealed}/receipts/1/",
        f"{sealed}/withdraw/",
        f"{sealed}/reopen/",
        f"{replacing}/",
        f"{replacing}/discard/",
        f"{opened}/read/",
    ]


@pytest.mark.parametrize(("language", "theme"), [("pl", "light"), ("en", "dark")])
def test_pages_of_bidders(
    language: str, theme: str, signed_in_page: Callable[..., Page], offers: dict[str, Any], alfa: Tenant
) -> None:
    page = signed_in_page("ngo_manager", alfa, offers["organisation"], language=language, theme=theme)
    with tenant_scope(alfa):
        addresses = _pages_of_bidder(offers)
    # The second look changes colours and words only: one page in three shows it.
    addresses = addresses if language == "pl" else addresses[::3]
    assert _look(page, addresses, language) == {}


@pytest.mark.parametrize(("language", "theme"), [("pl", "light"), ("en", "dark")])
def test_handing_in_with_files_that_are_kept_back(
    language: str, theme: str, signed_in_page: Callable[..., Page], offers: dict[str, Any], alfa: Tenant
) -> None:
    page = signed_in_page("ngo_manager", alfa, offers["organisation"], language=language, theme=theme)
    offer, files = offers["written_offer"], []
    with tenant_scope(alfa):
        try:
            for scan in ("waiting", "failed", "infected"):
                name = f"załącznik-o-bardzo-długiej-nazwie-bez-odstępów-{scan}.pdf"
                pdf = Upload(f"%PDF-1.7 {scan} {language} %%EOF".encode(), name, "application/pdf")
                files.append(drafting.add_file(offer, pdf, purpose="", actor=MANAGER)["key"])
                row = OfferFile.objects.get(key=files[-1], sealed__isnull=True)
                at = None if scan == "waiting" else timezone.now()
                StoredFile.objects.filter(pk=row.stored_id).update(scan=scan, scanned_at=at)
                assert _look(page, [f"{offer.pk}/hand-in/"], language) == {}
                expect(page.locator("main .task-mark", has_text="▲" if at else "◐").first).to_be_visible()
            expect(page.get_by_text(f"{scan}.pdf").first).to_be_visible()
        finally:
            for key in files:
                drafting.drop_file(offer, key, actor=MANAGER)


@pytest.mark.parametrize(("language", "theme"), [("pl", "dark"), ("en", "light")])
def test_pages_of_the_unit(
    language: str, theme: str, new_page: Callable[..., Page], offers: dict[str, Any], alfa: Tenant
) -> None:
    client = signed_in_client("director", alfa)
    client.user.set_password(PASSWORD)  # type: ignore[attr-defined]
    client.user.save()  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    page = new_page(
        language=language, theme=theme, session=client.cookies[settings.SESSION_COOKIE_NAME].value
    )
    rooms = [f"opening/{offers[name].pk}/" for name in ("sealed_call",)]
    rooms.append(f"opening/{offers['opened_offer'].call_id}/")
    assert _look(page, [*rooms, "recovery-key/"], language) == {}
    page.locator("main a.button-primary").click()
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/recovery-key/")
    assert check_page(page, language) == []
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".share-words")).to_have_count(3)
    assert check_page(page, language) + check_width(page, 390, 320) == []
