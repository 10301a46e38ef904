"""Forms as people meet them: found on the page of their route, filled in as well as a program can, and corrected.

What a control takes is guessed from what its page says of it (`data-day`, `data-time`, its choices) and from its name;
what the page then says is wrong is answered with the next guess, as a person would.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from lxml import html

from tests.architecture.asking import TABLE, address_of, entrants
from tests.architecture.world import World
from tests.config import planted
from tests.reading import inside, route_of

# Routes whose form stands on the page of another.
STANDS_ON = {
    "advice:close_slot": "advice:slots",
    "advice:move": "advice:card",
    "audit:export_entries": "audit:entries",
    "audit:export_readings": "audit:readings",
    "care:hand_out_readings": "care:person_readings",
    "casework:remove_entry": "casework:edit_entry",
    "compliance:acknowledge": "compliance:decision_month",
    "continuity:issue": "continuity:reassignment",
    "exchange:send_again": "exchange:webhook",
    "offers:begin_anew": "offers:reopen",
    "offers:receipt_pdf": "offers:receipt",
    "offers:remove_file": "offers:files",
    "operator:resend_analyst_invitation": "operator:analysts",
    "people:resend": "people:list",
    "resources:verify_resource": "resources:resource",
    "retention:lift_hold": "retention:holds",
    "retention:remove_class": "retention:classes",
    "settlement:remove_penalty": "settlement:settlement",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_OF_MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
_BY_NAME: dict[str, tuple[str, ...]] = {
    "pesel": (planted.PESEL,),
    "nip": ("5260001246",),
    "regon": ("123456785",),
    "krs": ("0000123456",),
    "surname": (planted.SURNAME_OF_PERSON,),
    "given_name": (planted.NAME.split()[0],),
    "full_name": (planted.NAME,),
    "birth_year": ("1944",),
    "color": ("#336699",),
    "person": ("P-Aronia",),
    "phone": ("600100200",),
    "minutes": ("60",),
    "minutes_each": ("60",),
    "territory": ("3210013",),
}


@dataclass
class Control:
    """What a form asks for under one name: `sort` is how, `values` what may be chosen."""

    name: str
    sort: str
    required: bool = False
    values: list[str] = field(default_factory=list)

    def guesses(self) -> list[list[str]]:
        """What may be right, the likeliest first."""
        today = timezone.localdate()
        match self.sort:
            case "day":
                days = [today + timedelta(days=ahead) for ahead in (0, -35, 45, 200, 400, -400)]
                return [[f"{day:%d.%m.%Y}"] for day in days]
            case "time":
                return [["10:00"], ["12:00"], ["09:00"], ["16:00"]]
            case "duration":
                return [["60"], ["30"], ["600"]]
            case "number" if self.name.endswith("year"):
                return [[str(today.year)], ["1944"]]
            case "number":
                return [["2"], ["10"], ["100"], ["1"]]
            case "select" | "radio" | "checkboxes":
                chosen = [[value] for value in self.values if value]
                return chosen if self.required and chosen else [[], *chosen]
            case "checkbox":
                return [[], [*(self.values or ["on"])]]
            case "email":
                return [[planted.EMAIL]]
            case "tel":
                return [["600100200"]]
            case "url":
                return [["https://odbiorca.przyklad.test/siedem"]]
        last = self.name.rpartition("-")[2]
        if last == "year":
            return [[str(today.year)]]
        texts = [*_BY_NAME.get(last, ()), planted.NOTE, "10", "7/2026", planted.NAME, "10:00", planted.PESEL]
        return [[text] for text in texts]


@dataclass
class Form:
    """A form of a page: who sees it, where it is sent, what it asks for, what a browser would send of it as it stands."""

    role: str
    client: Client
    to: str
    controls: dict[str, Control]
    drawn: dict[str, list[str]]

    def filled(self, turns: dict[str, int] | None = None) -> dict[str, Any]:
        """What is sent with every empty control filled in, with the guess whose turn it is; files by themselves."""
        sent: dict[str, Any] = {name: list(values) for name, values in self.drawn.items()}
        for name, control in self.controls.items():
            turn = (turns or {}).get(name)
            if control.sort == "file":
                sent[name] = SimpleUploadedFile(f"{planted.NAME}.pdf", PDF, content_type="application/pdf")
            elif turn is not None or not any(sent.get(name, [])):
                guesses = control.guesses()
                sent[name] = guesses[(turn or 0) % len(guesses)]
        return sent

    def post(self, sent: dict[str, Any]) -> Any:
        for value in sent.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        return self.client.post(self.to, sent, headers=planted.HEADERS)


def forms_of(name: str, world: World) -> list[Form]:
    """The forms that are sent to the route, as the first role that is shown any sees them; none where nobody is.

    Of those that ask for the same, as one at each row of a list does, the first.
    """
    page = STANDS_ON.get(name, name)
    if TABLE[page].status is not None:
        return []
    address = address_of(page, world.own)
    for role, client in entrants(page, world).items():
        with transaction.atomic():
            answer = client.get(address)
            transaction.set_rollback(True)
        found: dict[frozenset[str], Form] = {}
        for to, form in _forms_on(answer, role, client):
            if route_of(to) == name:
                found.setdefault(frozenset(form.controls), form)
        if found:
            return list(found.values())
    return []


def _forms_on(answer: Any, role: str, client: Client) -> Iterator[tuple[str, Form]]:
    if answer.streaming or not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    here = answer.request["PATH_INFO"]
    for form in html.document_fromstring(answer.content.decode() or "<p>").forms:
        to = inside(form.action or here, here) if form.method == "POST" else None
        if to:
            yield to, Form(role, client, to, dict(_controls(form)), _drawn(form))


def _drawn(form: Any) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for key, value in form.form_values():
        if "__prefix__" not in key and key != "csrfmiddlewaretoken":
            sent.setdefault(key, []).append(value)
    for button in form.iter("button"):
        if button.get("name"):
            sent.setdefault(button.get("name"), [button.get("value") or ""])
    return sent


def _controls(form: Any) -> Iterator[tuple[str, Control]]:
    """Each name once; rows of a formset after the first, and what only a script fills in, are left as they are."""
    found: dict[str, Control] = {}
    for one in form.iter("input", "select", "textarea"):
        name, kind = one.get("name"), one.get("type") or "text"
        left = name is None or kind in ("hidden", "submit") or name.endswith(_OF_MANAGEMENT)
        if (
            left
            or "__prefix__" in name
            or name.endswith(("-DELETE", "-ORDER"))
            or one.get("readonly") is not None
        ):
            continue
        if one.get("disabled") is not None:
            continue
        if name in found:
            found[name].values.append(one.get("value") or "on")
            found[name].sort = "checkboxes" if kind == "checkbox" else found[name].sort
            continue
        values = []
        if one.tag == "select":
            values = [option.get("value") or "" for option in one.iter("option")]
        elif kind in ("radio", "checkbox"):
            values = [one.get("value") or "on"]
        found[name] = Control(name, _sort_of(one, kind), one.get("required") is not None, values)
    yield from found.items()


def _sort_of(one: Any, kind: str) -> str:
    if one.tag == "select":
        return "select"
    for mark in ("day", "time", "duration"):
        if one.get(f"data-{mark}") is not None:
            return mark
    if kind in ("radio", "checkbox", "file", "email", "tel", "url", "number"):
        return kind
    numeric = one.get("inputmode") in ("numeric", "decimal") and one.get("name") not in _BY_NAME
    return "number" if numeric else "text"


def is_refusal(answer: Any) -> bool:
    return bool(answer.status_code in (400, 409, 422))


def faults_on(answer: Any, form: Form) -> set[str]:
    """Names of the controls that the page says are wrong."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    page = html.document_fromstring(answer.content.decode() or "<p>")
    ids = {link.get("href", "")[1:] for link in page.xpath("//*[contains(@class, 'error-summary')]//a")}
    ids |= {one.get("id").removesuffix("_error") for one in page.xpath("//*[contains(@id, '_error')]")}
    names = {one.get("name") for one in page.iter("input", "select", "textarea") if one.get("id") in ids}
    names |= {wrong.removeprefix("id_") for wrong in ids}
    return {name for name in form.controls if name in names}


def corrected(form: Form, tries: int = 5) -> tuple[Any, dict[str, Any]]:
    """The last answer, and what was sent for it: what the page says is wrong is written otherwise, so many times.

    Refused attempts are undone; what was taken stands.
    """
    turns: dict[str, int] = {}
    for attempt in range(tries):
        sent = form.filled(turns)
        with transaction.atomic():
            answer = form.post(sent)
            wrong = faults_on(answer, form) if is_refusal(answer) or answer.status_code == 200 else set()
            if not wrong or attempt == tries - 1:
                break
            transaction.set_rollback(True)
        for name in wrong:
            # What was drawn there, or the first guess, was the first turn.
            turns[name] = turns.get(name, -1 if any(form.drawn.get(name, [])) else 0) + 1
    return answer, sent
