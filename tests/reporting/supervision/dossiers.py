"""The verbs of a dossier as people of the unit send them."""

from typing import Any

from reporting.supervision.models import DecisionAdvice
from tests.reporting.supervision.supervised import MONTH, Supervised


def at(world: Supervised) -> dict[str, Any]:
    return {"contract_pk": world.contract.pk, "month": MONTH}


def recommend(world: Supervised, who: str = "director", **changed: Any) -> Any:
    data = {"verdict": "lower", "proposed_minutes": "4 h", "reason": "Wykorzystuje jedną czwartą.", **changed}
    return world.post(who, "recommend", data, **at(world), decision_pk=world.short.pk)


def task(world: Supervised) -> DecisionAdvice:
    with world.in_tenant():
        return DecisionAdvice.objects.select_related("decision", "amended_by").get()


def conclude(world: Supervised) -> Any:
    return world.post("director", "conclude_dossier", {"conclusions": "Usługa działa."}, **at(world))
