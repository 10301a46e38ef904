"""A person of alfa past every term."""

from pathlib import Path
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from tests.factories.people import partner
from tests.reporting.retention.old_world import Old, classes, old_person


@pytest.fixture
def old(alfa: Any, settings: Any, tmp_path: Path) -> Old:
    """One person past every term of five years; files lie on disk."""
    settings.MEDIA_ROOT = tmp_path
    organisation = partner(alfa, name="Fundacja Dawna")
    with tenant_scope(alfa):
        classes()
        return old_person(organisation)
