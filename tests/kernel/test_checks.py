"""The system checks of what would break past one machine: they find it, and the product has nothing of it."""

from typing import Any

import pytest
from django.db import models

from kernel import checks
from tenants.models import Organisation


def test_the_product_has_nothing_that_would_break_on_a_node() -> None:
    assert checks.check_for_nodes(None) == checks.check_statements(None) == []


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        (models.BigAutoField(primary_key=True), "identity column"),
        (models.ForeignKey(Organisation, models.DO_NOTHING), "db_constraint=False"),
        (models.ForeignKey(Organisation, models.DO_NOTHING, db_constraint=False), ""),
        (models.IntegerField(), ""),
    ],
)
def test_a_field_that_would_break_is_found(field: Any, fault: str) -> None:
    told = checks._breaks_on_a_node(field)
    assert fault in told and bool(told) is bool(fault)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("CREATE INDEX a ON b (c); CREATE INDEX d ON b (e)", "several statements"),
        (["CREATE INDEX a ON b (c);", ("DELETE FROM b WHERE c = %s", [1])], ""),
        (["CREATE TRIGGER t BEFORE UPDATE ON b EXECUTE FUNCTION f()"], "a trigger"),
        ("", ""),
    ],
)
def test_statements_that_citus_does_not_take_are_found(sql: Any, fault: str) -> None:
    told = checks._cannot_be_sent(sql)
    assert fault in told and bool(told) is bool(fault)
