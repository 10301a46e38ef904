"""Ratios: two things measured in turn in one run, medians of at least five rounds."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

ROUNDS = 7


def seconds(function: Callable[[], Any]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def alternate(
    ours: Callable[[], Any], reference: Callable[[], Any], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Median seconds of both, called in turn after one call each to warm up."""
    ours()
    reference()
    pairs = [(seconds(ours), seconds(reference)) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def line(name: str, ours: float, reference: float, bar: float, unit: str = "s") -> dict[str, Any]:
    """One line of `make bench`: ratio of ours to the reference, and whether it meets the bar (at most)."""
    ratio = ours / reference
    return {
        "name": name,
        "ours": round(ours, 5),
        "reference": round(reference, 5),
        "unit": unit,
        "ratio": round(ratio, 3),
        "bar": bar,
        "ok": ratio <= bar,
    }


def count_line(name: str, counts: dict[int, int], bar: int) -> dict[str, Any]:
    """A bar on a number of queries: the most seen over several sizes; sizes must not differ."""
    most = max(counts.values())
    return {
        "name": name,
        "ours": most,
        "reference": bar,
        "unit": "queries",
        "by_rows": counts,
        "ratio": round(most / bar, 3),
        "bar": bar,
        "ok": most <= bar and len(set(counts.values())) == 1,
    }
