"""A workflow is a table of transitions; this engine only reads it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import DomainError, Sentence


@dataclass(frozen=True)
class Transition:
    """From some states, by a verb, to a state; `permission` names who may."""

    verb: str
    sources: frozenset[str]
    target: str
    permission: str


class Workflow:
    """Finds the transition of a verb, or refuses with the state it is in."""

    def __init__(self, transitions: Iterable[Transition], refusal: Sentence) -> None:
        self._by_verb = {transition.verb: transition for transition in transitions}
        self._refusal = refusal

    def take(self, verb: str, state: str) -> Transition:
        """The transition of the verb from the state. Raises DomainError `wrong_state` where there is none."""
        transition = self._by_verb[verb]
        if state not in transition.sources:
            raise DomainError("wrong_state", self._refusal, field="state", value=state)
        return transition

    def verbs_from(self, state: str) -> list[Transition]:
        return [transition for transition in self._by_verb.values() if state in transition.sources]
