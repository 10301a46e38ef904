"""Polish order and forgiving search: the same in Python and in the database."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Value

from kernel.polish import fold, folded, in_order, order_key, words_of

_NAMES = [
    "Ćwik",
    "Żak",
    "Zając",
    "Łącka",
    "Lis",
    "łania",
    "Źrebak",
    "Óra",
    "Oset",
    "Ömer",
    "Nowak-Lis",
    "Nowak",
    "007",
]


def test_names_stand_as_in_a_dictionary() -> None:
    assert sorted(["Żak", "Źrebak", "Zając", "Łącka", "Lis", "Mazur", "Ćwik", "Czapla", "Dąb"], key=order_key) == [
        "Czapla", "Ćwik", "Dąb", "Lis", "Łącka", "Mazur", "Zając", "Źrebak", "Żak",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Łącka", "lacka"), ("ŻÓŁĆ", "zolc"), ("Müller", "muller"), ("D/014", "d/014"), ("", "")],
)
def test_fold(text: str, plain: str) -> None:
    assert fold(text) == plain
    assert list(words_of(f" {text}  X ")) == [*([plain] if plain else []), "x"]


@pytest.mark.django_db
def test_the_database_orders_and_folds_alike(alfa: Any) -> None:
    from tenants.models import Tenant

    tenants = Tenant.objects.filter(pk=alfa.pk)
    with connection.cursor():
        for name in _NAMES:
            keys = tenants.values_list(in_order(Value(name)), folded(Value(name))).get()
            assert keys == (order_key(name), fold(name))
