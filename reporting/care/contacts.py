"""How a person in care is reached: address, telephone, somebody close to them, and how one gets in."""

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Self

_PUNCTUATION = re.compile(r"[\s().\-–/]")
_POLISH = re.compile(r"[1-9][0-9]{8}")
_ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY = "+48"


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known; texts are empty where nothing is. Telephones are written as `phone_number` gives them."""

    address: str = ""
    phone: str = ""
    close_name: str = ""
    close_relation: str = ""
    close_phone: str = ""
    entry_note: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def as_json(self) -> str:
        """The text that is encrypted: only what is known."""
        return json.dumps({name: text for name, text in asdict(self).items() if text}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The contact of a stored text."""
        stored = json.loads(text)
        return cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored})

    @property
    def close_person(self) -> str:
        """`Anna Lis (córka)`."""
        return f"{self.close_name} ({self.close_relation})" if self.close_relation else self.close_name


def phone_number(text: str) -> str | None:
    """The number with its country, as +48600100200; None where the text is no telephone number.

    Nine digits are a Polish number; another country's begins with + or 00.
    """
    bare = _PUNCTUATION.sub("", text)
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    if not bare.startswith("+"):
        bare = _COUNTRY + bare
    if bare.startswith(_COUNTRY):
        return bare if _POLISH.fullmatch(bare.removeprefix(_COUNTRY)) else None
    return bare if _ABROAD.fullmatch(bare) else None


def phone_shown(number: str) -> str:
    """A stored number as people read it: 600 100 200, or with the country where it is another one."""
    if not number.startswith(_COUNTRY):
        return number
    digits = number.removeprefix(_COUNTRY)
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
