"""The places of the frame: what the bar of a phone holds for each role, and what stands under “More”."""

import re
from typing import Any

import pytest
from django.urls import reverse

from kernel.permissions import granted_to
from tenants.roles import NGO_ROLES, Role
from tests.factories.people import partner

pytestmark = pytest.mark.django_db

BARS = {
    "director": ["Dziś", "Osoby i decyzje", "Miesiąc", "Rozliczenia"],
    "coordinator": ["Dziś", "Cykle", "Osoby i decyzje", "Miesiąc"],
    "social_worker": ["Dziś", "Cykle", "Osoby i decyzje", "Miesiąc"],
    "benefits_worker": ["Dziś", "Cykle", "Umowy", "Osoby i decyzje"],
    "inspector": ["Dziś", "Cykle", "Konkursy", "Miesiąc"],
    "accountant": ["Dziś", "Cykle", "Miesiąc", "Rozliczenia"],
    "privacy_officer": ["Dziś", "Dziennik zdarzeń", "Okresy przechowywania"],
    "committee_member": ["Dziś", "Konkursy", "Komisje"],
    "ngo_manager": ["Dziś", "Konkursy", "Dzienniczek", "Miesiąc"],
    "ngo_coordinator": ["Dziś", "Konkursy", "Dzienniczek", "Miesiąc"],
    "worker": ["Dziś", "Dzienniczek", "W terenie", "Poradnictwo"],
}


def places(html: str) -> tuple[list[str], list[str]]:
    """(in the bar, under “More”): the labels as the page has them."""
    nav = re.search(r'<nav class="places".*?</nav>', html, re.S)
    assert nav
    bar, _, more = nav[0].partition('<li class="places-more">')
    found = [re.findall(r'<li( class="place-aside")?><a[^>]*>([^<]+)</a>', part) for part in (bar, more)]
    return [label for aside, label in found[0] if not aside], [label for _, label in found[1]]


@pytest.mark.parametrize("role", Role)
def test_what_each_role_does_daily_stands_in_the_bar(role: Role, sign_in: Any, alfa: Any) -> None:
    client = sign_in(role, alfa, partner(alfa) if role in NGO_ROLES else None)
    answer = client.get(reverse("today", args=["alfa"]))
    assert answer.status_code == 200
    bar, more = places(answer.content.decode())
    assert bar == BARS[role]
    everything = [str(place["label"]) for place in answer.context["frame"].places]
    assert sorted(bar + more) == sorted(everything), "nothing is lost, and nothing stands in both"
    assert len(bar) + bool(more) <= 5
    if "delivery.edit_diary" in granted_to([role]):
        assert "Dzienniczek" in bar
