"""The people of one story, each at a page of their own, and what they do on pages: follow, press, type, see."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import public_scope
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.judging_world import member
from tests.factories.people import client_of

PASSWORD = "dlugie-haslo-do-prob"
# Stands in every text of the offer and nowhere else.
MARK = "Kalina"
MEMBERS = ("Maria Przewodnicząca", "Jan Członek")
OFFICE = {
    "Krystyna Planista": "coordinator",
    "Ola Terenowa": "social_worker",
    "Franciszek Księgowy": "accountant",
    "Dorota Dyrektor": "director",
    **dict.fromkeys(MEMBERS, "committee_member"),
}
BIDDER = {"Natalia Autorka": "ngo_coordinator", "Zofia Prezes": "ngo_manager"}


@dataclass
class Story:
    """The people of the story, each at a page of their own, and what they made; `last` is the page used last."""

    tenant: Tenant
    organisation: Organisation
    new_page: Callable[..., Page]
    pages: dict[str, Page] = field(default_factory=dict)
    cycle: str = ""
    call: str = ""
    offer: str = ""
    last: Page | None = None

    @property
    def year(self) -> int:
        """The year in which the service is to be delivered."""
        return timezone.localdate().year + 1

    def person(self, name: str, role: str, organisation: Organisation | None = None) -> None:
        """Somebody with a role and a password, signed in at a page of their own."""
        user = member(self.tenant, role, name, organisation)
        with public_scope():
            user.set_password(PASSWORD)
            user.save()
            client = client_of(user)
        self.pages[name] = self.new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value)

    def at(self, name: str, address: str = "") -> "Desk":
        """The person's page, at an address of the tenant."""
        page = self.last = self.pages[name]
        if address:
            page.goto(f"/{self.tenant.slug}/{address}")
        return Desk(page)

    def finds_nothing(self) -> None:
        """Before the opening neither the director nor a member of the committee reads a word of the offer."""
        for name in ("Dorota Dyrektor", MEMBERS[1]):
            for address in ("calls", "committee", "offers/opening", "board"):
                page = self.last = self.pages[name]
                answer = page.goto(f"/{self.tenant.slug}/{address}/{self.call}/")
                assert answer is not None
                assert answer.status == 200, page.url
                assert MARK not in page.content(), f"{name} finds the offer at {page.url}"


class Desk:
    """What people do on a page: follow, press, type, choose."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def go(self) -> None:
        """Press the main button of the page's form, and see that nothing is refused."""
        before = self.page.url
        self.page.locator("main form[method=post] button.button-primary").last.click()
        expect(self.page).not_to_have_url(before)
        expect(self.page.locator(".error-summary")).to_have_count(0)

    def type(self, values: dict[str, str]) -> None:
        """Fields by their names; what is a list is chosen from by its value."""
        for name, value in values.items():
            control = self.page.locator(f"main [name='{name}']")
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value=value)
            else:
                control.fill(value)

    def fill(self, values: dict[str, str], scope: Locator | None = None) -> None:
        """Fields by their labels; what is a list is chosen from."""
        for label, value in values.items():
            control = (scope or self.page.locator("main")).get_by_label(
                re.compile(rf"^{re.escape(label)}($|,| \()")
            )
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)

    def row(self, name: str, values: dict[str, str]) -> None:
        """A row of a table that is edited at once, and the table saved."""
        self.fill(values, self.page.get_by_role("group", name=name, exact=True))

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def path(self) -> str:
        """The identifier in the address."""
        found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", self.page.url)
        assert found
        return found[0]

    def pass_step(self, note: str) -> None:
        """Pass the gate of the step that is shown."""
        self.follow("Zatwierdź etap")
        self.page.get_by_label("Uzasadnienie decyzji").fill(note)
        self.press("Zatwierdź etap")
        expect(self.page.locator(".error-summary")).to_have_count(0)
