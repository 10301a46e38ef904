"""Everything that a tenant's data key encrypts, encrypted anew after the key was changed.

In the tenant's own tables that is every binary column that one of its keys opens. Apps say at start which shared tables
hold more, and which columns are blind indexes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db.models import BinaryField, Model, QuerySet

from kernel.crypto import blind_index, decrypt, encrypter_anew
from kernel.models import TenantOwned
from kernel.tenancy import connection, require_tenant

_BATCH = 500
# How each ciphertext of ours begins: other bytes are none.
_MARK = b"gAAAAA"

_SHARED: dict[type[Model], str] = {}
_INDEXES: dict[type[Model], dict[str, str]] = {}


@dataclass
class Anew:
    """How many values were encrypted anew by their table, and how many ciphertexts no key of the tenant's opens."""

    changed: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)


def encrypts_shared(model: type[Model], *, tenant: str) -> None:
    """Let an app say that binary columns of a shared table are encrypted by a tenant's key; `tenant` leads to it."""
    _SHARED[model] = tenant


def indexes(model: type[Model], column: str, *, of: str) -> None:
    """Let an app say that a column is the blind index of what another, encrypted one holds."""
    _INDEXES.setdefault(model, {})[column] = of


def hold_writers() -> None:
    """Let nobody write what may be encrypted until the transaction ends; readers go on."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _own())
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def encrypt_anew() -> Anew:
    """Encrypt with the tenant's present key whatever another one of its keys opens, and compute indexes anew.

    In the caller's transaction, which holds writers. What no key opens stays as it is.
    """
    told, anew = Anew(), encrypter_anew()
    for model, rows in _everything():
        _encrypt_rows(model, rows, anew, told)
    return told


def _own() -> list[type[Model]]:
    """Models of a tenant with binary columns, in the order in which their tables are locked."""
    found = [model for model in apps.get_models() if issubclass(model, TenantOwned) and _columns(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def _columns(model: type[Model]) -> list[str]:
    return [str(one.attname) for one in model._meta.concrete_fields if isinstance(one, BinaryField)]


def _everything() -> Iterator[tuple[type[Model], QuerySet[Any]]]:
    for model in _own():
        yield model, model._base_manager.all()
    for model, tenant in _SHARED.items():
        rows = model._base_manager.filter(**{tenant: require_tenant().id})
        yield model, rows.select_for_update(of=("self",))


def _encrypt_rows(
    model: type[Model], rows: QuerySet[Any], anew: Callable[[bytes], bytes | None], told: Anew
) -> None:
    columns, indexed, table = _columns(model), _INDEXES.get(model, {}), model._meta.db_table
    changed: list[Any] = []
    for row in rows.only(*columns, *indexed).order_by("pk").iterator(_BATCH):
        count = sum(_encrypt_value(row, column, anew, told.unread) for column in columns)
        count += sum(_index_value(row, column, of) for column, of in indexed.items())
        if count:
            changed.append(row)
            told.changed[table] += count
        if len(changed) == _BATCH:
            model._base_manager.bulk_update(changed, [*columns, *indexed])
            changed = []
    if changed:
        model._base_manager.bulk_update(changed, [*columns, *indexed])


def _encrypt_value(
    row: Any, column: str, anew: Callable[[bytes], bytes | None], unread: Counter[str]
) -> bool:
    value = bytes(getattr(row, column) or b"")
    if not value.startswith(_MARK):
        return False
    try:
        token = anew(value)
    except InvalidToken:
        unread[row._meta.db_table] += 1
        return False
    if token is not None:
        setattr(row, column, token)
    return token is not None


def _index_value(row: Any, column: str, of: str) -> bool:
    value = bytes(getattr(row, of) or b"")
    try:
        told = blind_index(decrypt(value)) if value else getattr(row, column)
    except InvalidToken:
        return False
    is_other = told != getattr(row, column)
    setattr(row, column, told)
    return bool(is_other)
