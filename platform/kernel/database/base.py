"""Django's connection to PostgreSQL: other answers of a Citus coordinator, bounded memory, roles that are taken."""

import time
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base, features
from django.db.models import Model


class DatabaseFeatures(features.DatabaseFeatures):
    """A tenant's query with tables of everybody goes to the node without their keys: name columns, not keys alone.

    There PostgreSQL no longer knows that the key of an organisation settles its name, and refuses to group by the key.
    """

    def allows_group_by_selected_pks_on_model(self, model: type[Model]) -> bool:
        from kernel.models import Shared, SharedRegister

        return super().allows_group_by_selected_pks_on_model(model) and not issubclass(
            model, Shared | SharedRegister
        )


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but its life is over after so many schemas, whatever CONN_MAX_AGE says.

    PostgreSQL keeps in every session what it has learnt of each table that the session has met: 2 to 3 MB for each
    tenant whose pages were shown, never given back (tests/bench/memory.py).
    """

    features_class = DatabaseFeatures
    SCHEMAS_MAX = 50

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.schemas_met: set[str] = set()
        super().__init__(*args, **kwargs)

    def get_new_connection(self, *args: Any, **kwargs: Any) -> Any:
        self.schemas_met = set()
        return super().get_new_connection(*args, **kwargs)

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)  # type: ignore[misc]
        # Of django-tenants, which builds on this class.
        self.schemas_met.add(self.schema_name)  # type: ignore[attr-defined]
        return cursor

    def close_if_unusable_or_obsolete(self) -> None:
        if len(self.schemas_met) > self.SCHEMAS_MAX:
            self.close_at = time.monotonic()
        super().close_if_unusable_or_obsolete()

    def _configure_role(self, connection: Any) -> bool:
        try:
            return bool(super()._configure_role(connection))  # type: ignore[misc]
        except psycopg.Error as error:
            # Django would keep it, and the next page would be served as whoever signed in.
            self.close()
            raise OperationalError("the role of WEB_DATABASE_ROLE cannot be taken") from error
