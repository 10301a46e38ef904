"""The code on a printed card: read back from the drawing and followed, it opens that decision and month."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.field.exports import cards
from reporting.field.exports.cards import address_of, code_svg
from tests.reporting.field.field_world import FieldWorld
from tests.reporting.field.reading_codes import QUIET, modules_of, read_code

OCTOBER = Month(2024, 10)


def _followed(address: str, client: Client) -> dict[str, list[str]]:
    """What the grid is asked for where the address leads; the grid opens."""
    site = settings.SITE_URL.rstrip("/")
    assert address.startswith(f"{site}/")
    answer = client.get(address.removeprefix(site))
    assert answer.status_code == 302
    where = urlsplit(answer.headers["Location"])
    assert client.get(answer.headers["Location"]).status_code == 200
    return {"page": [where.path], **parse_qs(where.query)}


def test_each_printed_card_carries_a_code_that_opens_its_own_decision(
    world: FieldWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[dict[str, Any]] = []
    render = cards.render_pdf

    def remember(template: Any, facts: dict[str, Any]) -> bytes:
        printed.extend(facts["cards"])
        return render(template, facts)

    monkeypatch.setattr(cards, "render_pdf", remember)
    client = world.diary.client()
    sheets = client.get(world.url(f"cards/worker/{world.diary.anna.pk}/2024-10/"))
    assert sheets.content.startswith(b"%PDF")
    # The number of the decision is the second line of a card's head.
    read = {card["head"][1][1]: read_code(card["code"]) for card in printed}
    assert set(read) == {decision.number for decision in world.diary.decisions}
    for number, address in read.items():
        assert _followed(address, client) == {
            "page": [world.diary.url("grid/")],
            "contract": [str(world.diary.contract.pk)],
            "month": ["2024-10"],
            "add": [number],
        }
        stranger = Client().get(urlsplit(address).path)
        assert stranger.headers["Location"].startswith(f"{resolve_url(settings.LOGIN_URL)}?")


def test_an_address_is_drawn_as_itself_and_as_no_other(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        first, second = (address_of(decision, OCTOBER) for decision in world.diary.decisions)
        later = address_of(world.decision, OCTOBER.next())
    drawn = {address: code_svg(address) for address in (first, second, later)}
    assert {address: read_code(svg) for address, svg in drawn.items()} == {one: one for one in drawn}
    assert len({str(modules_of(svg)) for svg in drawn.values()}) == len(drawn)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "https://siedem.test/alfa/",
        "HTTPS://SIEDEM.TEST/ALFA/FIELD/CARDS",
        "https://siedem.test/" + "0123456789" * 3,
        "https://siedem.test/gmina-żółć/" + "ab-cd/" * 40,
    ],
)
def test_codes_of_every_length_and_kind_of_text_are_read(text: str) -> None:
    assert read_code(code_svg(text)) == text


def test_a_drawing_with_one_square_wrong_is_not_read() -> None:
    """The data begins at the lower right, with the kind of the text: bytes are 0100."""
    svg = code_svg("https://siedem.test/alfa/")
    last = len(modules_of(svg)) - 1 + QUIET
    square = f"M{last} {last}h1v1h-1z"
    other = svg.replace(square, "") if square in svg else svg.replace('d="', f'd="{square}')
    with pytest.raises(AssertionError, match="mode 1100"):
        read_code(other)
