"""What the tests of supervision stand on."""

from typing import Any

import pytest

from tests.reporting.supervision.supervised import Supervised, build_supervised


@pytest.fixture
def world(alfa: Any) -> Supervised:
    return build_supervised(alfa)
