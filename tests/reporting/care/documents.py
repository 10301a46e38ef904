"""An import_care document for tests: the example of its description, filled in."""

import copy
import io
import json
from typing import Any

from reporting.care.document import CareDocument, DocumentFault, DocumentRefusal, read_care_document

_DOCUMENT: dict[str, Any] = {
    "service": {
        "code": "care",
        "name": "Usługi opiekuńcze",
        "required_qualifications": ["carer_course"],
        "activities": [{"code": "shopping", "name": "Zakupy"}, {"code": "hygiene", "name": "Higiena"}],
    },
    "organisations": [{"krs": "0000123456", "name": "Fundacja Przykład"}],
    "contracts": [
        {
            "number": "U/1/2026",
            "organisation": "Fundacja Przykład",
            "signed": "2026-01-02",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
            "price_per_hour": "41.50",
            "cap_minutes": 1_200_000,
            "named_staff": ["W01"],
        }
    ],
    "workers": [
        {
            "code": "W01",
            "surname": "Żak",
            "given_name": "Łucja",
            "organisation": "Fundacja Przykład",
            "qualifications": [{"code": "carer_course", "valid_from": "2020-01-01", "valid_to": None}],
        }
    ],
    "persons": [
        {"code": "P001", "surname": "Nowak", "given_name": "Jan", "pesel": None, "birth_year": 1941},
        {"code": "P002", "surname": "Lis", "given_name": "Ewa", "pesel": "44051401359", "birth_year": None},
    ],
    "decisions": [
        {
            "number": "D/001/2026",
            "person": "P001",
            "contract": "U/1/2026",
            "issued": "2026-01-02",
            "valid_from": "2026-01-05",
            "valid_to": "2026-12-31",
            "revoked_from": None,
            "amends": None,
            "amount": {"per": "month", "minutes": 1200},
            "plan": [{"weekday": 1, "start": "08:00", "minutes": 120, "on_holidays": False}],
            "activities": ["shopping", "hygiene"],
            "two_workers": False,
            "suspensions": [{"from": "2026-03-01", "to": "2026-03-10", "reason": "hospital"}],
        },
        {
            "number": "D/002/2026",
            "person": "P002",
            "contract": "U/1/2026",
            "issued": "2026-01-02",
            "valid_from": "2026-01-05",
            "valid_to": "2026-12-31",
            "amount": {"per": "plan"},
            "plan": [{"weekday": 7, "start": "21:00", "minutes": 240, "on_holidays": True}],
            "activities": ["shopping"],
        },
    ],
}


def document() -> dict[str, Any]:
    """A document without a fault, to be changed at will."""
    return copy.deepcopy(_DOCUMENT)


def read(content: Any) -> CareDocument:
    return read_care_document(io.BytesIO(json.dumps(content, ensure_ascii=True).encode()))


def faults_of(content: Any) -> list[DocumentFault]:
    """What the document is refused for, in the order in which it is told; nothing when it is not."""
    try:
        found = read(content).faults
        return list(DocumentRefusal(found).faults) if found else []
    except DocumentRefusal as refusal:
        return list(refusal.faults)


def told(content: Any) -> list[tuple[str, str, str]]:
    return [(fault.path, fault.value, fault.code) for fault in faults_of(content)]
