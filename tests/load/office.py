"""The roles of which there are few at a time: those of the office, an organisation's manager, the operator, visitors."""

import re

from tests.load.person import RANDOM, TODAY, Person


class Manager(Person):
    """Of an organisation: the last touch to an offer, hands it in, keeps the receipt; what is owed for a month."""

    weight = 5
    role = "ngo_manager"

    def work(self) -> None:
        offer = f"{self.at}/offers/{self.who['offer']}/"
        self.ask("today", f"{self.at}/")
        self.ask("offers", f"{self.at}/offers/", within="<h1")
        own = self.ask("offer", offer, within="<h1")
        if f"{offer}hand-in/" in own.text:
            self._hand_in(offer)
        self.ask("settlements", f"{self.at}/settlement/", within="<h1")

    def _hand_in(self, offer: str) -> None:
        self.ask("section of an offer", f"{offer}section/budget/", within="<h1")
        word = self.who["word"]
        self.json(
            "section saved", f"{offer}section/other/", {"base": word, "value": f"{word} i dowóz posiłków"}
        )
        shown = self.ask("handing in, check list", f"{offer}hand-in/", within='name="code"')
        fields = {name: value_of(name, shown.text) for name in ("version", "code")}
        handed = self.send("offer handed in", f"{offer}hand-in/", shown, **fields)
        receipt = handed.url.removeprefix(self.host)
        self.require("/receipts/" in receipt, "offer handed in", "no receipt")
        if "/receipts/" in receipt:
            self.promised("offer handed in", self.who["offer"])
            self.ask("receipt as PDF", f"{receipt}pdf/")


def value_of(name: str, page: str) -> str:
    """What stands in a field of a form."""
    tag = next((one for one in re.findall(r"<input[^>]+>", page) if f'name="{name}"' in one), "")
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


class Accountant(Person):
    """Of the unit: the months to be paid for, one of them to the visits, its file, payments, the ledger."""

    weight = 4
    role = "accountant"

    def work(self) -> None:
        month = f"{self.at}/settlement/{self.who['contract']}/{self.who['accepted']}/"
        self.ask("today", f"{self.at}/")
        self.ask("settlements", f"{self.at}/settlement/", within=self.who["number"])
        settled = self.ask("settlement", month, within="<h1")
        visits = re.findall(rf'href="({re.escape(month)}visits/[0-9a-f-]{{36}}/)"', settled.text)
        if visits:
            self.ask("visits behind a sum", RANDOM.choice(visits), within="<h1")
        self.ask("settlement as a file", f"{month}xlsx/")
        self.ask("payments of persons", f"{self.at}/settlement/payments/", within="<h1")
        self.ask("ledger", f"{self.at}/settlement/ledger/contracts/{self.who['contract']}/", within="<h1")


class Inspector(Person):
    """Of the unit: the dossier of a month, its file, inspections, breaches, surveys."""

    weight = 3
    role = "inspector"

    def work(self) -> None:
        dossier = f"{self.at}/supervision/dossiers/{self.who['contract']}/{self.who['accepted']}/"
        self.ask("today", f"{self.at}/")
        self.ask("dossiers", f"{self.at}/supervision/dossiers/", within="<h1")
        self.ask("dossier", dossier, within="<h1")
        self.ask("dossier as PDF", f"{dossier}pdf/")
        for page in ("", "breaches/", "surveys/"):
            self.ask(page.rstrip("/") or "inspections", f"{self.at}/supervision/{page}", within="<h1")


class Coordinator(Person):
    """Of the unit: persons, one of them and a decision, the radar of continuity, what if a provider failed."""

    weight = 4
    role = "coordinator"

    def work(self) -> None:
        self.ask("today", f"{self.at}/")
        self.person_and_decision()
        self.ask("radar", f"{self.at}/continuity/", within="<h1")
        self.ask("provider failed", f"{self.at}/continuity/contracts/{self.who['contract']}/", within="<h1")

    def person_and_decision(self) -> None:
        """As who grants does: the list, a person, a decision."""
        listed = self.ask("persons", f"{self.at}/care/persons/", within="<h1")
        persons = re.findall(rf'href="({self.at}/care/persons/[0-9a-f-]{{36}}/)"', listed.text)
        self.require(bool(persons), "persons", "nobody in the list")
        if not persons:
            return
        shown = self.ask("person", RANDOM.choice(persons), within="<h1")
        decisions = re.findall(rf'href="({self.at}/care/decisions/[0-9a-f-]{{36}}/)"', shown.text)
        if decisions:
            self.ask("decision", decisions[0], within="<h1")


class BenefitsWorker(Coordinator):
    """Of the unit: persons and decisions, what they pay."""

    weight = 2
    role = "benefits_worker"

    def work(self) -> None:
        self.ask("today", f"{self.at}/")
        self.person_and_decision()
        self.ask("payments of persons", f"{self.at}/settlement/payments/", within="<h1")


class Officer(Person):
    """For data protection: the record, searched; who read whom; the terms of keeping."""

    weight = 2
    role = "privacy_officer"

    def work(self) -> None:
        self.ask("record", f"{self.at}/audit/", within="<h1")
        self.ask("record, searched", f"{self.at}/audit/?q=umowa&from={TODAY:%Y-%m}-01", within="<h1")
        self.ask("readings", f"{self.at}/audit/readings/", within="<h1")
        self.ask("terms of keeping", f"{self.at}/retention/", within="<h1")


class Operator(Person):
    """Of the platform: tenants, one of them, organisations, the record."""

    fixed_count = 1
    role = "platform_operator"

    def work(self) -> None:
        listed = self.ask("tenants", "/operator/tenants/", within="<h1")
        tenants = re.findall(r'href="(/operator/tenants/[0-9a-f-]{36}/)"', listed.text)
        self.require(bool(tenants), "tenants", "no tenant in the list")
        if tenants:
            self.ask("tenant", RANDOM.choice(tenants), within="<h1")
        self.ask("organisations", "/operator/organisations/", within="<h1")


class Visitor(Person):
    """Nobody who signs in: the board of a commune's calls, one of them, figures of all, the same through the API."""

    weight = 6
    role = "visitor"

    def sign_in(self) -> None:
        """Nobody asks who they are."""

    def sign_out(self) -> None:
        """There is nothing to end."""

    def work(self) -> None:
        board = self.ask("board of calls", f"{self.at}/board/", within="<h1")
        calls = re.findall(rf'href="({self.at}/board/[0-9a-f-]{{36}}/)"', board.text)
        self.require(bool(calls), "board of calls", "no call")
        if calls:
            self.ask("call", calls[0], within="<h1")
        self.ask("feed of calls", f"{self.at}/board/feed.json")
        self.ask("public figures", "/region/figures/", within="<h1")
        self.ask(
            "public figures, API",
            "/region/api/v1/figures/?indicator=care_persons&level=county",
            within="care_persons",
        )
