"""The demo's crisis centre shows what its pages are for: K1, a short night, a stay that ends, cards that hold."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from reporting.crisis.casefile import chain_of
from reporting.crisis.models import CrisisCase, Duty
from reporting.crisis.queries.cases import over_the_limit
from reporting.crisis.waiting import crisis_waiting
from reporting.demo import crisis
from tenants.access import access_to_tenant
from tenants.roles import Role


def test_the_demo_has_something_for_every_page(
    in_alfa: Any, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = {role: sign_in(role, in_alfa) for role in (Role.SOCIAL_WORKER, Role.COORDINATOR)}
    members = {role: client.user for role, client in people.items()}
    crisis.add_crisis(in_alfa, members, timezone.localdate())
    assert not CrisisCase.objects.exists(), "a tenant without a centre gets none"
    monkeypatch.setattr(crisis, "_CASES", {"alfa": 26})
    monkeypatch.setattr(crisis, "_STAFF", {"alfa": 6})
    crisis.add_crisis(in_alfa, members, timezone.localdate())
    assert [one.done for one in over_the_limit(CrisisCase.objects.all())] == [9]
    assert Duty.objects.exists()
    with_cards = CrisisCase.objects.filter(documents__isnull=False).distinct()
    assert with_cards.count() == 2 and all(chain_of(case).broken is None for case in with_cards)
    access = access_to_tenant(members[Role.COORDINATOR], in_alfa)
    titles = " ".join(str(wait.title) for wait in crisis_waiting(access, timezone.localdate()))
    for words in ("Grafik dyżurów", "Schronienie", "K1"):
        assert words in titles
