"""Somebody at a browser, for locust: signs in, does a day's errand, signs out. `LOAD_FOLDER` holds `people.json`.

They sign in through the page with password and a code of the app; then somebody else of the role, mostly of another
tenant, sits down. What is not as expected counts as an error.
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
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv6Address
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from locust import HttpUser, between, events, task
from locust.exception import RescheduleTask

FOLDER = Path(os.environ["LOAD_FOLDER"])
TOLD: dict[str, Any] = json.loads((FOLDER / "people.json").read_text())
WARSAW = ZoneInfo("Europe/Warsaw")
TODAY = datetime.now(WARSAW).date()
PATIENCE = 90
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
RANDOM = random.Random(7)
# The proxy in front ends TLS: to it come cookies that are for https only, and so they come here.
DefaultCookiePolicy.return_ok_secure = lambda _policy, _cookie, _request: True  # type: ignore[attr-defined]


def _waiting_by_role() -> dict[str, Iterator[dict[str, Any]]]:
    by_role: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in TOLD["people"]:
        by_role[one["role"]].append(one)
    for people in by_role.values():
        RANDOM.shuffle(people)
    return {role: cycle(people) for role, people in by_role.items()}


WAITING = _waiting_by_role()
REQUESTS: list[tuple[str, str, float, str, float]] = []
PROMISES: list[tuple[str, str, str]] = []


@events.request.add_listener
def _note(name: str, response_time: float, exception: Any = None, **_rest: Any) -> None:
    role, _colon, page = name.partition(": ")
    REQUESTS.append((role, page, round(response_time, 1), str(exception or ""), time.time()))


@events.quitting.add_listener
def _write(**_rest: Any) -> None:
    (FOLDER / "requests.json").write_text(json.dumps(REQUESTS))
    (FOLDER / "told.json").write_text(json.dumps(PROMISES))


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

    def arrive(self) -> None:
        """Another person, at a browser that knows nothing."""
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

    @task
    def errand(self) -> None:
        self.arrive()
        self.sign_in()
        self.work()
        self.sign_out()

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
            else:
                return answer
        # Counted already. Who was refused goes, and somebody else sits down.
        raise RescheduleTask

    def form(self, page: str, path: str, shown_at: str, files: Any = None, **fields: str) -> Any:
        """Open the page of a form and send it, filled in."""
        shown = self.ask(f"{page}, form", shown_at)
        return self.send(page, path, shown, files, **fields)

    def send(self, page: str, path: str, shown: Any, files: Any = None, **fields: str) -> Any:
        token = TOKEN.search(shown.text)
        self.require(token is not None, page, "no form")
        assert token
        return self.ask(page, path, "POST", data={**fields, "csrfmiddlewaretoken": token[1]}, files=files)

    def json(self, page: str, path: str, body: Any) -> Any:
        token = next((one.value for one in self.client.cookies if one.name.endswith("csrf")), "")
        answer = self.ask(
            page, path, "POST", json=body, headers={"X-CSRFToken": token, "Accept": "application/json"}
        )
        return answer.json()

    def promised(self, kind: str, key: str) -> None:
        """An answer said that this is done; `tests.load.told` looks whether it is kept."""
        PROMISES.append((self.who["tenant"], kind, key))

    def require(self, holds: bool, page: str, what: str) -> None:
        """Count an answer that came and does not say what it has to."""
        if not holds:
            events.request.fire(
                request_type="POST", name=f"{self.role}: {page}", response_time=0.0, response_length=0,
                exception=ValueError(what), context={},
            )  # fmt: skip
            raise RescheduleTask

    def sign_in(self) -> None:
        page = self.form(
            "sign in",
            "/account/login/",
            "/account/login/",
            login=self.who["email"],
            password=TOLD["password"],
        )
        self.send("sign in, code", "/account/2fa/authenticate/", page, code=code_of(self.who["secret"]))

    def sign_out(self) -> None:
        self.form("sign out", "/account/logout/", "/account/logout/")

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
