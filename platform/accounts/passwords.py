"""Words of the house that passwords may not live on (ASVS 6.1.2 and 6.2.11).

What somebody who knows the trade tries first: the product, units and services, roles, the words for a password. A
sentence that has one in it passes; what is hardly more than such words does not.
"""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_WORDS = """
    siedem platforma
    jops gops mops mgops pcpr rops cuw cus dps osrodek centrum pomoc pomocy spoleczna spolecznej spoleczny
    gmina gminy gminny miasto miasta miejski powiat powiatu powiatowy wojewodztwo urzad
    fundacja stowarzyszenie caritas pck organizacja
    opieka opieki opiekun opiekunka uslugi uslug asystent poradnictwo interwencja kryzysowa swiadczenia
    dyrektor kierownik koordynator koordynatorka pracownik socjalny ksiegowa ksiegowy inspektor komisja
    administrator admin operator uzytkownik login haslo password demo test
"""
_LETTERS_LEFT = 6
_HOUSE = re.compile("|".join(sorted(_WORDS.split(), key=len, reverse=True)))


def _plain(text: str) -> str:
    """Letters only, small and without marks; ł has no parts that Unicode could take off."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(letter for letter in parts if letter.isalpha())


class HouseWordsValidator:
    """Refuses a password of which fewer than six letters are left without words of the house."""

    def validate(self, password: str, user: Any = None) -> None:
        plain = _plain(password)
        left = _HOUSE.sub("", plain)
        if left != plain and len(left) < _LETTERS_LEFT:
            raise ValidationError(
                _("This password is made of words that everybody here knows. Add words of your own."),
                code="password_of_house_words",
            )

    def get_help_text(self) -> str:
        return _("Not made only of words such as the names of the product, of units, services or roles.")
