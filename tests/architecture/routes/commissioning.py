"""Routes of commissioning: services and qualifications."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "commissioning:services": of(),
    "commissioning:create_service": of(),
    "commissioning:qualifications": of(),
    "commissioning:service": of(pk="service"),
    "commissioning:edit_service": of(pk="service"),
}
