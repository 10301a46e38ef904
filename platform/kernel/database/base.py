"""Django's connection to PostgreSQL, with the one thing that a Citus coordinator answers differently."""

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
    """As Django's."""

    features_class = DatabaseFeatures
