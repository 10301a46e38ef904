"""The table of sensitive fields names what there is: every encrypted column, the roles of each permission, and tests."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField

from kernel import permissions
from tests.architecture.addresses import OURS

DOCUMENT: Path = settings.ROOT / "platform" / "docs" / "security" / "fields.md"
_HELD = re.compile(r"`([a-z_]+\.[a-z_]+)` \(([a-z, ]+)\)")
_COLUMN = re.compile(r"`([a-z]+\.[A-Za-z]+)\.([a-z_]+)`")
# Keys and their wrappings, which no page knows, and the signature of what is public.
_KEYS = {
    "statistics.SigningSecret.wrapped",
    "tenants.FormerKey.wrapped",
    "tenants.Tenant.data_key",
    "tenders.CallKey.public_key",
    "tenders.CallKey.recovery",
    "tenders.CallKey.wrapped",
    "tenders.RecoveryKey.public_key",
}
# Figures of a region, released or to be.
_FIGURES = {"statistics.MadeReport.content"}


def _rows() -> list[list[str]]:
    lines = DOCUMENT.read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    assert len(rows) > 10 and all(len(row) == 6 for row in rows)
    return rows[1:]


def spelled(permission: str) -> str:
    """A permission with the roles that hold it, as the table says it."""
    roles = sorted(str(role).replace("_", " ") for role in permissions.known()[permission])
    return f"`{permission}` ({', '.join(roles)})"


def test_the_roles_of_each_field_are_those_of_the_code() -> None:
    assert OURS, "all doors are known"
    told = 0
    for _what, _where, reads, writes, *_rest in _rows():
        for cell in (reads, writes):
            held = _HELD.findall(cell)
            assert held or cell.startswith(("nobody", "anybody")), cell
            assert set(re.findall(r"`([^`]+)`", cell)) == {name for name, _roles in held}, (
                "each with its roles"
            )
            for name, roles in held:
                assert f"`{name}` ({roles})" == spelled(name)
                told += 1
    assert told > 20


def test_every_encrypted_column_stands_in_the_table_and_every_column_of_it_is_there() -> None:
    named = {f"{model}.{column}" for row in _rows() for model, column in _COLUMN.findall(row[1])}
    for place in named:
        model, _, column = place.rpartition(".")
        apps.get_model(model)._meta.get_field(column)
    ours = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if "site-packages" not in str(apps.get_app_config(model._meta.app_label).path)
        for field in model._meta.local_concrete_fields
        if isinstance(field, BinaryField)
    }
    assert ours - named == _KEYS | _FIGURES


def test_every_row_has_a_test_that_is_there() -> None:
    for row in _rows():
        place = re.fullmatch(r"`([^`:]+)::(\w+)`", row[5])
        assert place, row
        assert f"def {place[2]}(" in (settings.ROOT / place[1]).read_text("utf-8"), row[5]
