"""What phones and those who settle their entries are refused."""

from typing import Any

import pytest
from django.test import Client

from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from reporting.field.actions.observing import LONGEST, answer_observation
from reporting.field.actions.settling import add_entry_late
from reporting.field.models import Observation, PhoneEntry
from tests.reporting.field.field_world import FieldWorld


def told(outcome: dict[str, Any]) -> str:
    """All that the phone is told of an entry."""
    return str(outcome)


def test_a_correction_of_a_visit_under_a_decision_that_is_not_hers(world: FieldWorld) -> None:
    sent = world.entry(
        corrects=str(new_id()), version=1, decision=str(new_id()), number="D/OBCA", clocked=False
    )
    [outcome] = world.outcomes(sent)
    assert "Ten wpis należy do innej opiekunki. Wpisz wizytę od nowa." in told(outcome)
    with tenant_scope(world.diary.tenant):
        assert not PhoneEntry.objects.filter(pk=sent["id"]).exists()
    assert world.stored() == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "Obserwacja jest pusta. Napisz, co zauważyłaś lub zauważyłeś."),
        ("x" * (LONGEST + 1), "Obserwacja ma więcej niż 2000 znaków. Skróć ją."),
    ],
    ids=["empty", "long"],
)
def test_an_observation_says_something_and_not_too_much(world: FieldWorld, text: str, says: str) -> None:
    [outcome] = world.outcomes(world.observation(text=text))
    assert says in told(outcome)
    with tenant_scope(world.diary.tenant):
        assert not Observation.objects.exists()


def test_nobody_vouches_for_her_own_visits(world: FieldWorld, sign_in: Any) -> None:
    tenant = world.diary.tenant
    coordinator: Client = sign_in("ngo_coordinator", tenant, world.diary.organisation)
    user: Any = coordinator.user  # type: ignore[attr-defined]
    with tenant_scope(tenant):
        Worker.objects.filter(pk=world.diary.anna.pk).update(user_id=user.pk)
        Visit.objects.update(confirmed_at=None)
    sent = {"worker": str(world.diary.anna.pk), "decision": str(world.decision.pk)}
    answer = coordinator.post(world.url("entries/known/"), sent, follow=True)
    assert "To są Twoje wizyty. Potwierdzić je musi ktoś inny." in answer.content.decode()
    with tenant_scope(tenant):
        assert not Visit.objects.exclude(confirmed_at=None).exists()


def test_what_no_page_sends_the_verbs_refuse_all_the_same(world: FieldWorld) -> None:
    """The form of an answer has its own limits, and an entry without a decision leads to no late visit."""
    actor = Actor.system("tests")
    [kept] = world.outcomes(world.observation())
    [unknown] = world.outcomes(world.entry(decision=None, number="D/NIE/MA"))
    assert kept and unknown
    with tenant_scope(world.diary.tenant):
        observation, entry = Observation.objects.get(), PhoneEntry.objects.get(decision=None)
        late: Any = None
        for verb, says in (
            (lambda: answer_observation(observation, " ", actor=actor), "Odpowiedź jest pusta."),
            (lambda: answer_observation(observation, "x" * 2001, actor=actor), "więcej niż 2000 znaków"),
            (
                lambda: add_entry_late(entry, late, actor=actor),
                "Nie ma decyzji o tym numerze. Najpierw popraw numer.",
            ),
        ):
            with pytest.raises(DomainError) as refusal:
                verb()
            assert says in str(refusal.value)
        observation.refresh_from_db()
        entry.refresh_from_db()
        assert observation.answered_at is None and entry.is_open
