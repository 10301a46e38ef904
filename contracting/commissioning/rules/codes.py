"""Codes made of names, and names of the qualifications that everybody knows."""

import re

from kernel.polish import fold

CODE_LENGTH = 40

# Codes that come from other systems without a name; the tenant may rename them in its dictionary.
_KNOWN_QUALIFICATIONS = {
    "carer_course": "kurs opiekunki (opiekuna)",
    "carer": "opiekunka (opiekun) środowiskowa",
    "elderly_carer": "opiekunka (opiekun) osoby starszej",
    "medical_carer": "opiekun medyczny",
    "nurse": "pielęgniarka (pielęgniarz)",
    "first_aid": "kurs pierwszej pomocy",
    "psychologist": "psycholog",
    "lawyer": "prawnik",
    "social_worker": "pracownik socjalny",
}


def code_of(name: str) -> str:
    """A code made of a name: `Zakupy i sprawunki` → `zakupy_i_sprawunki`."""
    return re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:CODE_LENGTH].strip("_")


def qualification_name(code: str) -> str:
    """The name that a qualification known by its code alone begins with."""
    return _KNOWN_QUALIFICATIONS.get(code, code.replace("_", " "))
