"""Values of a choice looked for on pages, in both languages: offered by a form, and shown where they were chosen."""

import re

from django.db.models import TextChoices
from django.test import Client
from django.utils import translation
from django.utils.html import escape

LANGUAGES = ("pl", "en")
_FIELDS = re.compile(r"<select\b.*?</select>|<fieldset\b.*?</fieldset>", re.DOTALL)


def _page(client: Client, address: str, language: str) -> str:
    client.cookies["django_language"] = language
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def words_of(value: TextChoices) -> dict[str, str]:
    """The value in words by language, as pages write it; no language borrows those of the other."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = str(escape(str(value.label))).replace("\u00a0", " ")
    assert len(set(words.values())) == len(LANGUAGES), words
    return words


def assert_offered(client: Client, address: str, value: TextChoices) -> None:
    """A field of the page offers the value, in words, in each language."""
    for language, words in words_of(value).items():
        fields = " ".join(_FIELDS.findall(_page(client, address, language)))
        assert re.search(rf'value="{value}"[^>]*>[^<]*(?:<[^>]+>\s*)*{re.escape(words)}', fields), (
            language,
            words,
        )


def times_said(client: Client, address: str, value: TextChoices) -> dict[str, int]:
    """How often the page says the value, by language, outside the fields that would offer it anyway."""
    found = {}
    for language, words in words_of(value).items():
        said = _FIELDS.sub("", _page(client, address, language))
        found[language] = said.lower().count(words.lower())
    return found


def assert_shown(
    client: Client, address: str, value: TextChoices, *, before: dict[str, int] | None = None
) -> None:
    """The page says the value in each language; more often than it did `before`."""
    for language, times in times_said(client, address, value).items():
        assert times > (before or {}).get(language, 0), language
