"""The few territories that tests need."""

from datetime import date

from tenants.models import Territory

_PLACES = [
    ("32", "ZACHODNIOPOMORSKIE", "województwo"),
    ("3210", "myśliborski", "powiat"),
    ("3210013", "Barlinek", "gmina miejsko-wiejska"),
    ("3262", "Szczecin", "miasto na prawach powiatu"),
    ("3262011", "Szczecin", "gmina miejska"),
    ("12", "MAŁOPOLSKIE", "województwo"),
    ("1219", "wielicki", "powiat"),
    ("1219053", "Wieliczka", "gmina miejsko-wiejska"),
]
_LEVELS = {2: Territory.Level.VOIVODESHIP, 4: Territory.Level.COUNTY, 7: Territory.Level.COMMUNE}
_PARENT_LENGTH = {4: 2, 7: 4}


def load_places() -> None:
    for code, name, kind in _PLACES:
        parent = code[: _PARENT_LENGTH[len(code)]] if len(code) > 2 else None
        Territory.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "kind": kind,
                "level": _LEVELS[len(code)],
                "parent_id": parent,
                "as_of": date(2024, 1, 1),
            },
        )
