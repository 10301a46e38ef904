"""Numbers of organisations: NIP and REGON with their check digits, KRS by its length."""

import re

from stdnum.exceptions import ValidationError
from stdnum.pl import nip, regon


def clean_nip(text: str) -> str | None:
    """The ten digits of a NIP written in any way (`PL 527-275-54-13`); None where it is not a NIP."""
    try:
        return str(nip.validate(text))
    except ValidationError:
        return None


def clean_regon(text: str) -> str | None:
    """The 9 or 14 digits of a REGON; None where it is not one."""
    try:
        return str(regon.validate(text))
    except ValidationError:
        return None


def clean_krs(text: str) -> str | None:
    """The ten digits of a KRS number, which has no check digit; leading zeros may be left out. None otherwise."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{1,10}", digits, re.ASCII) or int(digits) == 0:
        return None
    return digits.zfill(10)
