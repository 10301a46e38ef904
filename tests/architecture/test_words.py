"""One thing has one word: what the glossary chose is what every catalogue says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    path
    for folder in ("platform", "tenants", "contracting", "reporting")
    for path in (ROOT / folder).rglob("locale/pl/LC_MESSAGES/django.po")
)
# The word refused, and the glossary's word that stands instead; a log of events, deliveries or publications is another
# thing than the diary of visits.
CHOSEN = {
    r"\bdziennik(?:a|u|iem|owi|i|ów|ami|ach|om)?\b(?! (?:zdarzeń|doręczeń|otwarcia|publikacji))": "dzienniczek",
    r"\bkart(?:a|y|ę|ą|cie) minut\b": "rachunek godzin",
    r"\bmiesiąc (?:\w+ )?przekazan[yoe]\w*\b|\bprzekazani\w* miesiąca\b": "oddany (miesiąc)",
}
# The record of actions speaks of itself.
OF_ITSELF = ROOT / "platform/audit/locale/pl/LC_MESSAGES/django.po"


def _said(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for message in read_po(file, locale="pl"):
            forms = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield from forms


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)).split("/locale")[0])
def test_a_catalogue_says_the_words_of_the_glossary(path: Path) -> None:
    refused = {
        f"{text!r}: write “{word}”"
        for text in _said(path)
        for pattern, word in CHOSEN.items()
        if re.search(pattern, text, re.IGNORECASE) and not (path == OF_ITSELF and word == "dzienniczek")
    }
    assert refused == set()


def test_the_glossary_has_the_chosen_words() -> None:
    glossary = (ROOT / "platform/docs/glossary.md").read_text("utf-8")
    for word in ("dzienniczek", "rachunek godzin", "oddany"):
        assert word in glossary
