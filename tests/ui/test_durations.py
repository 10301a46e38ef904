"""A field of a duration shows minutes so that the same text, sent back, means the same minutes."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from ui.durations import DurationField


@pytest.mark.parametrize("language", ["pl", "en"])
@given(minutes=some.integers(min_value=1, max_value=60_000_000))
def test_what_is_shown_reads_back(language: str, minutes: int) -> None:
    field = DurationField()
    with override(language):
        assert field.clean(field.prepare_value(minutes)) == minutes
