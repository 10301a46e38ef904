"""Drawing a sample that anybody can draw again: at random from a seed, by value, or by variance (I2 of the peers)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What something delivered without any grant deviates by: more than anything that was granted.
BEYOND_MEASURE = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that can be drawn: a stable key, its value (minutes) and its variance (per mille of what was due)."""

    key: str
    value: int = 0
    variance: int = 0


def variance_of(due: int, done: int) -> int:
    """How far minutes done lie from minutes due, in per mille of those due; either direction counts."""
    if not due:
        return BEYOND_MEASURE if done else 0
    return min(abs(done - due) * 1000 // due, BEYOND_MEASURE)


def draw(candidates: Iterable[Candidate], *, method: str, size: int, seed: str) -> list[Candidate]:
    """At most `size` of the candidates, in the order of drawing.

    `random` orders by a digest of seed and key; `value` and `variance` take the largest first and let the digest decide
    between equals. The same candidates, method and seed give the same sample on any machine. Raises ValueError for
    another method, a size below 1 or an empty seed.
    """
    if size < 1 or not seed:
        raise ValueError("a sample has a seed and at least one place")
    return sorted(candidates, key=lambda one: (_rank(one, method), _lot(seed, one.key)))[:size]


def digest_of(candidates: Sequence[Candidate]) -> str:
    """The SHA-256 of the sorted keys: whether a sample was drawn from the same population."""
    return hashlib.sha256("\n".join(sorted(one.key for one in candidates)).encode()).hexdigest()


def _rank(one: Candidate, method: str) -> int:
    if method == "random":
        return 0
    if method == "value":
        return -one.value
    if method == "variance":
        return -one.variance
    raise ValueError(f"no way of drawing: {method!r}")


def _lot(seed: str, key: str) -> str:
    return hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()
