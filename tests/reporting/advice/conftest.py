"""The world of advice."""

from typing import Any

import pytest

from tests.reporting.advice.advice_world import AdviceWorld, make_world


@pytest.fixture
def advice(alfa: Any) -> AdviceWorld:
    return make_world(alfa)
