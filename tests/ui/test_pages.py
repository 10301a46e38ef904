"""The style guide, the error pages and the frame, through HTTP."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_style_guide_shows_every_component(client: Client) -> None:
    response = client.get("/ui/")
    assert response.status_code == 200
    html = response.content.decode()
    assert "<title>Wzornik · Siedem</title>" in html
    assert html.index('class="skip-link"') < html.index('class="header"')
    for part in (
        "task-list",
        "stats",
        "error-summary",
        "table-heat",
        "picture-map",
        "picture-lines",
        "confirm",
    ):
        assert part in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids)), "an id stands twice"


def test_the_choice_of_colours_comes_with_the_page(client: Client) -> None:
    assert "data-theme" not in _root(client)
    client.cookies["theme"] = "dark"
    client.cookies["density"] = "compact"
    assert 'data-theme="dark" data-density="compact"' in _root(client)
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in _root(client)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
def test_error_pages_say_what_happened_and_what_to_do(client: Client, status: int) -> None:
    response = client.get(f"/ui/error/{status}/")
    assert response.status_code == status
    main = response.content.decode().split("<main")[1]
    assert "<h1>" in main
    assert main.count("<p>") >= 2
    assert "button" in main


def test_error_pages_answer_programs_in_json(client: Client) -> None:
    response = client.get("/ui/error/404/", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "not_found"


def test_an_address_that_does_not_exist_has_its_page(client: Client) -> None:
    response = client.get("/account/no-such-page/")
    assert response.status_code == 404
    assert "Nie ma takiej strony" in response.content.decode()


@pytest.mark.parametrize("status", [500, 503])
def test_pages_of_last_resort_need_nothing_and_speak_both_languages(status: int) -> None:
    html = render_to_string(f"{status}.html")
    assert '<html lang="pl">' in html
    assert 'lang="en"' in html
    assert "{%" not in html


def test_a_form_without_its_safety_code_is_refused_in_words(settings: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert "Wróć, odśwież stronę" in response.content.decode()


def _root(client: Client) -> str:
    found = re.search(r"<html[^>]*>", client.get("/ui/").content.decode())
    assert found
    return found[0]


def test_browsers_find_the_icon_at_the_root(client: Any) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302 and answer.url.endswith("favicon.svg")
