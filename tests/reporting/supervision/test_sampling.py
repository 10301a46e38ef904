"""The rule of drawing: repeatable from its seed, by value, by variance."""

import pytest

from reporting.supervision.rules.completeness import score
from reporting.supervision.rules.sampling import (
    BEYOND_MEASURE,
    Candidate,
    digest_of,
    draw,
    variance_of,
)

ALL = [Candidate(f"d{n:02d}", value=n * 10, variance=abs(n - 10) * 3) for n in range(20)]


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    drawn = draw(ALL, method="random", size=5, seed="pazdziernik")
    assert drawn == draw(list(reversed(ALL)), method="random", size=5, seed="pazdziernik")
    # Fixed for ever: a protocol printed years ago must stay repeatable.
    assert [one.key for one in drawn] == ["d09", "d13", "d12", "d05", "d06"]


def test_another_seed_draws_others() -> None:
    assert draw(ALL, method="random", size=5, seed="a") != draw(ALL, method="random", size=5, seed="b")


def test_every_candidate_has_about_the_same_chance() -> None:
    drawn = [one.key for n in range(400) for one in draw(ALL, method="random", size=5, seed=str(n))]
    counts = [drawn.count(one.key) for one in ALL]
    assert min(counts) > 60
    assert max(counts) < 140


def test_by_value_and_by_variance_take_the_largest_first() -> None:
    assert [one.key for one in draw(ALL, method="value", size=3, seed="x")] == ["d19", "d18", "d17"]
    assert {one.key for one in draw(ALL, method="variance", size=1, seed="x")} == {"d00"}


def test_equals_are_told_apart_by_the_seed() -> None:
    equal = [Candidate(f"k{n}", value=60) for n in range(10)]
    assert draw(equal, method="value", size=3, seed="a") == draw(equal, method="random", size=3, seed="a")


def test_no_more_are_drawn_than_there_are() -> None:
    assert len(draw(ALL, method="random", size=200, seed="x")) == 20


@pytest.mark.parametrize(("method", "size", "seed"), [("lot", 1, "x"), ("random", 0, "x"), ("random", 1, "")])
def test_what_is_no_way_of_drawing_is_refused(method: str, size: int, seed: str) -> None:
    with pytest.raises(ValueError):
        draw(ALL, method=method, size=size, seed=seed)


@pytest.mark.parametrize(
    ("due", "done", "permille"),
    [
        (480, 480, 0),
        (480, 360, 250),
        (480, 600, 250),
        (0, 0, 0),
        (0, 60, BEYOND_MEASURE),
        (1, 5000, BEYOND_MEASURE),
    ],
)
def test_variance(due: int, done: int, permille: int) -> None:
    assert variance_of(due, done) == permille


def test_the_digest_knows_the_population_and_not_its_order() -> None:
    assert digest_of(ALL) == digest_of(list(reversed(ALL)))
    assert digest_of(ALL) != digest_of(ALL[1:])


def test_score_leaves_out_what_does_not_apply() -> None:
    assert score(["yes", "no", "na", "", "yes"]) == (2, 3)
    assert score([]) == (0, 0)
