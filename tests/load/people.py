"""What people of each role do, one after another, with pauses: a locust file."""

import re
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.load import office
from tests.load.person import RANDOM, TODAY, TOKEN, WARSAW, Person

# locust lets those work whom it finds in this module.
Accountant, BenefitsWorker, Coordinator, Inspector = (
    office.Accountant, office.BenefitsWorker, office.Coordinator, office.Inspector,
)  # fmt: skip
Manager, Officer, Operator, Visitor = office.Manager, office.Officer, office.Operator, office.Visitor
# What may become of a visit that a phone told; `failed` and what the server refused may not.
_KEPT = {"stored", "conflict"}


class Carer(Person):
    """On the phone: today's round, three visits told, the round anew."""

    weight = 40
    role = "carer"

    def work(self) -> None:
        self.ask("phone", f"{self.at}/field/")
        shift = self.ask("round", f"{self.at}/field/shift/").json()
        today = shift["today"]
        now = datetime.now(WARSAW)
        for place, stop in enumerate([one for one in shift["days"][today] if one["visit"] is None][:3]):
            end = now - timedelta(minutes=5 + 20 * place)
            start = end - timedelta(minutes=15)
            if start.date() != now.date():
                break
            entry = {
                "kind": "visit", "id": str(uuid4()), "decision": stop["decision"],
                "number": shift["decisions"][stop["decision"]]["number"], "date": today,
                "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "state": "done", "activities": [], "note": "",
                "seen": [], "offset_then": 0, "jumped": False, "clocked": True,
            }  # fmt: skip
            told = {"user": self.who["user"], "phone_now": int(time.time() * 1000), "entries": [entry]}
            for result in self.json("a visit told", f"{self.at}/field/sync/", told).get("results", []):
                self.require(result["outcome"] in _KEPT, "a visit told", result["outcome"])
                if result["kept"]:
                    self.promised("visit of a phone", entry["id"])
        self.ask("round", f"{self.at}/field/shift/")


class NgoCoordinator(Person):
    """Of an organisation: types visits into the grid, brings a file, looks at the month."""

    weight = 20
    role = "ngo_coordinator"

    def work(self) -> None:
        contract = self.who["contract"]
        self.ask("today", f"{self.at}/")
        chosen = f"contract={contract}&month={TODAY:%Y-%m}"
        self.ask("grid", f"{self.at}/diary/grid/?{chosen}", within="<h1")
        grid = self.ask("grid, data", f"{self.at}/diary/grid/month/?{chosen}").json()
        for row in RANDOM.sample(grid["rows"], 4):
            self._type_visit(contract, row, grid)
        self._bring_file(contract, grid)
        self.ask("month", f"{self.at}/month/{contract}/{self.who['month']}/", within="<h1")

    def _type_visit(self, contract: str, row: Any, grid: Any) -> None:
        start = datetime(2026, 1, 1, 17, tzinfo=WARSAW) + timedelta(minutes=RANDOM.randrange(0, 180, 5))
        said = {
            "date": f"{TODAY - timedelta(days=1)}", "start": f"{start:%H:%M}",
            "end": f"{start + timedelta(minutes=5):%H:%M}", "worker": row["worker"] or grid["workers"][0]["id"],
            "state": "done", "activities": row["scope"][:1], "note": "",
        }  # fmt: skip
        asked = {"decision": row["id"], **{key: said[key] for key in said if key != "note"}}
        self.json("may this be logged", f"{self.at}/diary/can-log/", asked)
        made = {
            "id": str(uuid4()), "kind": "record", "visit": str(uuid4()), "decision": row["id"], "version": 0,
            "seen": None, "content": said,
        }  # fmt: skip
        sent = {"contract": contract, "operations": [made]}
        for result in self.json("a visit typed", f"{self.at}/diary/grid/save/", sent).get("results", []):
            if result["status"] == 200:
                self.promised("visit typed", made["visit"])

    def _bring_file(self, contract: str, grid: Any) -> None:
        codes = [worker["code"] for worker in grid["workers"]]
        lines = ["decision_number;date;start;end;worker;activities;status;note"]
        first = TODAY.replace(day=1)
        minute = RANDOM.randrange(0, 55, 5)
        for place, row in enumerate(grid["rows"]):
            day = first + timedelta(days=place % max(1, TODAY.day - 1))
            code = codes[place % len(codes)]
            lines.append(
                f"{row['number']};{day};20:{minute:02d};20:{minute + 5:02d};{code};{row['scope'][0]};done;"
            )
        file = ("dziennik.csv", "\n".join(lines).encode(), "text/csv")
        shown = self.form(
            "file brought", f"{self.at}/diary/import/", f"{self.at}/diary/import/", {"file": file},
            contract=contract,
        )  # fmt: skip
        place = shown.url.removeprefix(self.host)
        if not re.search(r"/import/[0-9a-f-]{36}/$", place):
            return
        self.wait_for("file, progress", f"{place}progress/")
        checked = self.ask("file, checked", place)
        if f"{place}confirm/" in checked.text:
            self.send("file confirmed", f"{place}confirm/", checked)
            self.wait_for("file, progress", f"{place}progress/")
            saved = self.ask("file, saved", place)
            if "✓ zapisany" in saved.text:
                self.promised("file saved", place.split("/")[-2])


class Director(Person):
    """Of the unit: looks at the months, accepts those that are handed in, looks at what leaves for the region."""

    weight = 14
    role = "director"

    def work(self) -> None:
        contract, month = self.who["contract"], self.who["month"]
        self.ask("today", f"{self.at}/")
        self.ask("months", f"{self.at}/month/months/?month={month}", within=self.who["number"])
        self.ask("month", f"{self.at}/month/{contract}/{month}/", within="<h1")
        shown = self.ask("months to accept", f"{self.at}/month/months/{month}/accept/")
        if TOKEN.search(shown.text) and 'class="form-end"' in shown.text:
            going = self.send("months accepted", f"{self.at}/month/months/{month}/accept/", shown)
            place = going.url.removeprefix(self.host)
            if "/acceptances/" in place:
                self.wait_for("acceptance, progress", f"{place}progress/")
                if self.ask("acceptance, done", place).status_code == 200:
                    self.promised("months accepted", place.split("/")[-2])
        self.ask("persons", f"{self.at}/care/persons/", within="<h1")
        self.ask("figures for the region", f"{self.at}/statistics/", within="<h1")


class SocialWorker(Person):
    """Of the unit: free times of advisers, one booked for somebody, the queue."""

    weight = 6
    role = "social_worker"

    def work(self) -> None:
        free = self.ask("booking, free times", f"{self.at}/advice/book/", within="?slot=")
        slots = re.findall(r"\?slot=([0-9a-f-]{36})", free.text)
        if slots:
            self._book(RANDOM.choice(slots))
        self.ask("queue", f"{self.at}/advice/requests/", within="<h1")

    def _book(self, slot: str) -> None:
        shown = self.ask("booking, form", f"{self.at}/advice/book/?slot={slot}", within='name="day"')
        tags = re.findall(r"<input[^>]+>", shown.text)
        fields = {
            name: value[1]
            for name in ("day", "start", "minutes")
            for tag in tags
            if f'name="{name}"' in tag and (value := re.search(r'value="([^"]*)"', tag))
        }
        for name in ("adviser", "kind", "place"):
            listed = re.search(rf'<select[^>]*name="{name}".*?</select>', shown.text, re.DOTALL)
            chosen = re.search(r'value="([^"]+)"[^>]*selected', listed[0]) if listed else None
            fields[name] = chosen[1] if chosen else ""
        card = self.send(
            "booked", f"{self.at}/advice/book/", shown, **fields, alias=f"Klient {RANDOM.randrange(10**6)}",
            presence="rejestracja", sign_language="none",
        )  # fmt: skip
        booked = re.search(rf"{self.at}/advice/([0-9a-f-]{{36}})/", card.url)
        if booked:
            self.promised("appointment booked", booked[1])


class Adviser(Person):
    """Of an organisation: own appointments, and the card of the next one."""

    weight = 4
    role = "adviser"

    def work(self) -> None:
        own = self.ask("appointments", f"{self.at}/advice/", within="<h1")
        cards = re.findall(rf'href="({self.at}/advice/[0-9a-f-]{{36}}/)"', own.text)
        if cards:
            self.ask("card", cards[0], within="<h1")


class Member(Person):
    """Of a committee: the comparison, members' points, one cell, two offers."""

    weight = 8
    role = "committee_member"

    def work(self) -> None:
        call = self.who["call"]
        compared = f"{self.at}/committee/{call['call']}/compare/"
        self.ask("committees", f"{self.at}/committee/", within="<h1")
        self.ask("comparison", compared, within="data-cell")
        self.ask("comparison with points", f"{compared}?marks=1", within="data-cell")
        self.ask("comparison, other weights", f"{compared}?w1=50&w2=20", within="data-cell")
        offer = RANDOM.choice(call["offers"])
        self.ask("points of an offer", f"{self.at}/committee/offers/{offer}/points/{call['criterion']}/")
        self.ask("an offer", f"{self.at}/committee/offers/{offer}/", within="<h1")


class Analyst(Person):
    """Of a region: the overview, tables, lines through time, a tenant, completeness, a file."""

    weight = 8
    role = "regional_analyst"

    def work(self) -> None:
        at = f"/region/{self.who['voivodeship']}"
        self.ask("overview", f"{at}/", within="<h1")
        self.ask("figures of tenants", f"{at}/figures/?level=tenant", within="<h1")
        self.ask("figures through time", f"{at}/figures/?view=time", within="<h1")
        self.ask("one tenant", f"{at}/tenants/{RANDOM.choice(self.who['tenants'])}/", within="<h1")
        self.ask("completeness", f"{at}/completeness/", within="<h1")
        self.ask("figures as a file", f"{at}/figures/file/csv/?level=tenant")
