"""Every form of the product, found on the pages of all addresses: the house speaks, nothing is cut, stale ones come back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from lxml import html

from kernel import permissions
from tests.architecture.addresses import OURS
from tests.architecture.entries import read_table
from tests.architecture.world import World

TABLE = read_table()
PAGES = sorted(
    name
    for name, route in OURS.items()
    if name in TABLE and route.door and route.door.kind == "tenant" and TABLE[name].status is None
)
# What the framework says for itself, in both languages of the product.
FRAMEWORKS = re.compile(
    r"Upewnij si\u0119, \u017ce|Ensure th|Wybierz poprawn|Select a valid|Wpisz poprawn|Podaj poprawn|Enter a|"
    r"To pole jest wymagane|This field|Wprowad\u017a|Prosz\u0119|Please|ManagementForm|---------"
)
LONG = "ż" * 20_000


def _forms(name: str, world: World) -> Iterator[tuple[Client, str, Any]]:
    """The posting forms of a page, with who sees it and where they are sent, as one who may enter gets them."""
    address = reverse(name, kwargs={**TABLE[name].kwargs(world.own), "tenant_slug": "alfa"})
    door = OURS[name].door
    for client in world.holders(permissions.known()[str(door and door.permission)]).values():
        page = client.get(address)
        if page.status_code == 200 and page.headers["Content-Type"].startswith("text/html"):
            body = page.content.decode()
            assert "---------" not in body, "an empty choice says in words what to choose"
            for form in html.document_fromstring(body).forms:
                to = form.action or address
                if form.method == "POST" and not to.startswith("/i18n/"):
                    yield client, address if to.startswith("?") else to, form
            return


def _typed(form: Any) -> dict[str, Any]:
    """What a browser would send of the form as it stands."""
    sent: dict[str, Any] = {}
    for key, value in form.form_values():
        sent.setdefault(key, []).append(value)
    return sent


def _controls(form: Any) -> Iterator[Any]:
    for control in form.iter("input", "select", "textarea"):
        hidden = control.get("type") in ("hidden", "submit", "file", "checkbox")
        if control.get("name") and not hidden:
            yield control


@pytest.mark.parametrize("name", PAGES)
def test_nonsense_is_refused_in_words_of_the_house(name: str, world: World) -> None:
    for client, to, form in _forms(name, world):
        sent = _typed(form)
        for control in _controls(form):
            assert control.get("maxlength") is None, f"{control.get('name')} is cut silently"
            strange = "zzz" if control.tag == "select" or control.get("type") == "radio" else LONG
            sent[control.get("name")] = [strange]
        with transaction.atomic():
            answer = client.post(to, sent)
            transaction.set_rollback(True)
        if answer.headers["Content-Type"].startswith("text/html"):
            said = FRAMEWORKS.findall(answer.content.decode().replace(LONG, ""))
            assert said == [], f"{to} speaks with the words of the framework"


@pytest.mark.parametrize("name", PAGES)
def test_a_stale_form_comes_back_with_what_was_typed(name: str, world: World) -> None:
    for client, to, form in _forms(name, world):
        sent = _typed(form)
        # A button that carries a stamp and nothing typed has nothing to give back.
        if "seen" not in sent or not list(_controls(form)):
            continue
        sent["seen"] = ["0" * 20]
        for control in _controls(form):
            if control.tag in ("input", "textarea") and not any(sent.get(control.get("name"), [""])):
                sent[control.get("name")] = ["Sprawdzono"]
        with transaction.atomic():
            answer = client.post(to, sent)
            transaction.set_rollback(True)
        assert answer.status_code in (409, 422), f"{to} took a stale form"
        came_back = [
            one for one in html.document_fromstring(answer.content.decode()).forms if "seen" in one.fields
        ]
        assert came_back, f"{to} answers without its form"
