"""Where the invented persons of the demo live and whom one may call, as a part of their `import_care` document."""

from itertools import cycle

from reporting.demo.world import DemoWorld

_STREETS = (
    "Niepodległości",
    "Górna",
    "Leśna",
    "Jeziorna",
    "Sądowa",
    "Grodzka",
    "Szosowa",
    "Lipowa",
    "Kolejowa",
)
_CLOSE = (
    ("Ewa", "córka"),
    ("Marek", "syn"),
    ("Danuta", "sąsiadka"),
    None,
    ("Tomasz", "wnuk"),
    ("Beata", "siostrzenica"),
)
_NOTES = (
    "Domofon 12, drugie piętro bez windy.",
    "",
    "Klucz u sąsiadki pod numerem 3.",
    "W ogrodzie pies, proszę zadzwonić od bramki.",
    "",
    "Kod do klatki 4711.",
    "Słabo słyszy: dzwonić długo.",
)
# No zone and no network of the national numbering plan begins with 27, so that these numbers reach nobody.
_NOBODYS = "27000"


def add_contacts(world: DemoWorld) -> None:
    """Give every person but each twelfth a contact; the same for the same world."""
    streets, close, notes = cycle(_STREETS), cycle(_CLOSE), cycle(_NOTES)
    for position, person in enumerate(world.document["persons"], start=1):
        street, relative, note = next(streets), next(close), next(notes)
        if position % 12 == 0:
            continue
        person["contact"] = {
            "address": f"ul. {street} {position % 28 + 1} m. {position % 9 + 1}, 74-320 Barlinek",
            "phone": f"{_NOBODYS}{position:04d}",
            "close_person": relative
            and {
                "name": f"{relative[0]} {person['surname']}",
                "relation": relative[1],
                "phone": f"{_NOBODYS}{position + 5000:04d}",
            },
            "entry_note": note or None,
        }
