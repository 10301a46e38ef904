"""What people of each role do, one after another, with pauses: a locust file. `LOAD_FOLDER` holds `people.json`.

Each signs in through the page with password and a code of the app, does a day's errand, signs out, and somebody else
of the role, mostly of another tenant, sits down. What is not as expected counts as an error.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import re
import struct
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv6Address
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from locust import HttpUser, between, events, task
from locust.exception import StopUser

FOLDER = Path(os.environ["LOAD_FOLDER"])
TOLD: dict[str, Any] = json.loads((FOLDER / "people.json").read_text())
WARSAW = ZoneInfo("Europe/Warsaw")
TODAY = datetime.now(WARSAW).date()
PATIENCE = 90
# What may become of a visit that a phone told; `failed` and what the server refused may not.
_KEPT = {"stored", "conflict"}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_random = random.Random(7)
# The proxy in front ends TLS: to it come cookies that are for https only, and so they come here.
DefaultCookiePolicy.return_ok_secure = lambda _policy, _cookie, _request: True  # type: ignore[attr-defined]


def _waiting_by_role() -> dict[str, Iterator[dict[str, Any]]]:
    by_role: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in TOLD["people"]:
        by_role[one["role"]].append(one)
    for people in by_role.values():
        _random.shuffle(people)
    return {role: cycle(people) for role, people in by_role.items()}


WAITING = _waiting_by_role()
REQUESTS: list[tuple[str, str, float, str]] = []


@events.request.add_listener
def _note(name: str, response_time: float, exception: Any = None, **_rest: Any) -> None:
    role, _colon, page = name.partition(": ")
    REQUESTS.append((role, page, round(response_time, 1), str(exception or "")))


@events.quitting.add_listener
def _write(**_rest: Any) -> None:
    (FOLDER / "requests.json").write_text(json.dumps(REQUESTS))


def code_of(secret: str) -> str:
    """What the app shows now (RFC 6238)."""
    digest = hmac.new(
        base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1
    ).digest()
    at = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Person(HttpUser):
    """Somebody of a role at a browser, behind the proxy."""

    abstract = True
    wait_time = between(3, 9)
    role = ""

    @task
    def errand(self) -> None:
        self.who = next(WAITING[self.role])
        self.at = f"/{self.who.get('tenant', '')}"
        self.client.cookies.clear()
        self.client.headers.update(
            {
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": str(IPv6Address(uuid4().int)),
                "Referer": self.host.replace("http:", "https:") + "/",
                "Accept-Language": "pl",
            }
        )
        self.sign_in()
        self.work()
        self.form("sign out", "/account/logout/", "/account/logout/")

    def work(self) -> None:
        raise NotImplementedError

    def ask(self, page: str, path: str, method: str = "GET", *, within: str = "", **given: Any) -> Any:
        """The answer, after the pause of somebody who reads what came; `within` has to stand in it."""
        self.wait()
        name = f"{self.role}: {page}"
        with self.client.request(method, path, name=name, catch_response=True, **given) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
            elif "/account/" in answer.url and "/account/" not in path:
                answer.failure("led to sign in")
            elif within not in answer.text:
                answer.failure(f"without {within}")
        return answer

    def form(self, page: str, path: str, shown_at: str, files: Any = None, **fields: str) -> Any:
        """Open the page of a form and send it, filled in."""
        shown = self.ask(f"{page}, form", shown_at)
        return self.send(page, path, shown, files, **fields)

    def send(self, page: str, path: str, shown: Any, files: Any = None, **fields: str) -> Any:
        token = _TOKEN.search(shown.text)
        if token is None:
            # Counted already: what came was no such page.
            raise StopUser
        return self.ask(page, path, "POST", data={**fields, "csrfmiddlewaretoken": token[1]}, files=files)

    def json(self, page: str, path: str, body: Any) -> Any:
        token = next((one.value for one in self.client.cookies if one.name.endswith("csrf")), "")
        answer = self.ask(
            page, path, "POST", json=body, headers={"X-CSRFToken": token, "Accept": "application/json"}
        )
        return answer.json() if answer.status_code == 200 else {}

    def require(self, holds: bool, page: str, what: str) -> None:
        """Count an answer that came and does not say what it has to."""
        if not holds:
            events.request.fire(
                request_type="POST", name=f"{self.role}: {page}", response_time=0.0, response_length=0,
                exception=ValueError(what), context={},
            )  # fmt: skip

    def sign_in(self) -> None:
        page = self.form(
            "sign in",
            "/account/login/",
            "/account/login/",
            login=self.who["email"],
            password=TOLD["password"],
        )
        self.send("sign in, code", "/account/2fa/authenticate/", page, code=code_of(self.who["secret"]))

    def wait_for(self, page: str, path: str) -> None:
        """Ask for the moving part of a page every second until it says that all is to be drawn anew."""
        for _second in range(PATIENCE):
            time.sleep(1)
            name = f"{self.role}: {page}"
            with self.client.get(
                path, name=name, catch_response=True, headers={"HX-Request": "true"}
            ) as answer:
                if answer.status_code != 200:
                    answer.failure(f"{answer.status_code}")
                if answer.status_code != 200 or "HX-Refresh" in answer.headers:
                    return
        events.request.fire(
            request_type="GET", name=f"{self.role}: {page}", response_time=PATIENCE * 1000.0, response_length=0,
            exception=TimeoutError(f"not done in {PATIENCE} seconds"), context={},
        )  # fmt: skip


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
        self.ask("round", f"{self.at}/field/shift/")


class Coordinator(Person):
    """Of an organisation: types visits into the grid, brings a file, looks at the month."""

    weight = 20
    role = "ngo_coordinator"

    def work(self) -> None:
        contract = self.who["contract"]
        self.ask("today", f"{self.at}/")
        chosen = f"contract={contract}&month={TODAY:%Y-%m}"
        self.ask("grid", f"{self.at}/diary/grid/?{chosen}", within="<h1")
        grid = self.ask("grid, data", f"{self.at}/diary/grid/month/?{chosen}").json()
        for row in _random.sample(grid["rows"], 4):
            self._type_visit(contract, row, grid)
        self._bring_file(contract, grid)
        self.ask("month", f"{self.at}/month/{contract}/{self.who['month']}/", within="<h1")

    def _type_visit(self, contract: str, row: Any, grid: Any) -> None:
        start = datetime(2026, 1, 1, 17, tzinfo=WARSAW) + timedelta(minutes=_random.randrange(0, 180, 5))
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
        self.json(
            "a visit typed", f"{self.at}/diary/grid/save/", {"contract": contract, "operations": [made]}
        )

    def _bring_file(self, contract: str, grid: Any) -> None:
        codes = [worker["code"] for worker in grid["workers"]]
        lines = ["decision_number;date;start;end;worker;activities;status;note"]
        first = TODAY.replace(day=1)
        minute = _random.randrange(0, 55, 5)
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
            self.ask("file, saved", place)


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
        if _TOKEN.search(shown.text) and 'class="form-end"' in shown.text:
            going = self.send("months accepted", f"{self.at}/month/months/{month}/accept/", shown)
            place = going.url.removeprefix(self.host)
            if "/acceptances/" in place:
                self.wait_for("acceptance, progress", f"{place}progress/")
                self.ask("acceptance, done", place)
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
            self._book(_random.choice(slots))
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
        self.send(
            "booked", f"{self.at}/advice/book/", shown, **fields, alias=f"Klient {_random.randrange(10**6)}",
            presence="rejestracja", sign_language="none",
        )  # fmt: skip


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
        offer = _random.choice(call["offers"])
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
        self.ask("one tenant", f"{at}/tenants/{_random.choice(self.who['tenants'])}/", within="<h1")
        self.ask("completeness", f"{at}/completeness/", within="<h1")
        self.ask("figures as a file", f"{at}/figures/file/csv/?level=tenant")
