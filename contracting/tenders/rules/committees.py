"""When a committee may work, and whose voice counts; without Django (art. 15(2a)–(2f) of the act)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Gap(StrEnum):
    """What a committee lacks to work."""

    NO_CHAIR = "no_chair"
    BELOW_QUORUM = "below_quorum"
    NO_NGO = "no_ngo"
    NO_EXECUTIVE = "no_executive"


@dataclass(frozen=True)
class Member:
    """A seat as the rules see it; `works` is neither released nor excluded by law."""

    seat_id: UUID
    is_chair: bool
    has_vote: bool
    is_from_ngo: bool
    works: bool = True


def gaps_of(
    members: Iterable[Member], quorum: int, *, ngo_min: int, executive_min: int, without_ngo_reason: str
) -> list[Gap]:
    """What is missing; `ngo_min` and `executive_min` are how many persons of each side the law asks for."""
    working = [member for member in members if member.works]
    found = []
    if not any(member.is_chair for member in working):
        found.append(Gap.NO_CHAIR)
    if sum(member.has_vote for member in working) < quorum:
        found.append(Gap.BELOW_QUORUM)
    from_ngo = sum(member.is_from_ngo for member in working)
    if not without_ngo_reason and from_ngo < ngo_min:
        found.append(Gap.NO_NGO)
    if sum(member.has_vote and not member.is_from_ngo for member in working) < executive_min:
        found.append(Gap.NO_EXECUTIVE)
    return found


def voices_for(members: Iterable[Member], declared: Mapping[UUID, bool]) -> list[UUID]:
    """Seats whose points count for an offer: working, with a vote, declared impartial. `declared` is by seat."""
    return [
        member.seat_id
        for member in members
        if member.works and member.has_vote and declared.get(member.seat_id, False)
    ]


def possible_voices(members: Iterable[Member], declared: Mapping[UUID, bool]) -> int:
    """How many could still count for an offer: those who have not yet declared are hoped for."""
    return sum(member.works and member.has_vote and declared.get(member.seat_id, True) for member in members)
