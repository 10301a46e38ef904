"""Abstract bases: every model says whether it is shared by all tenants or owned by one."""

from typing import Any, ClassVar, TypeVar

from django.db import models

from kernel.errors import TenantScopeMissing
from kernel.ids import new_id
from kernel.tenancy import PUBLIC, connection

M = TypeVar("M", bound=models.Model)


class TenantManager(models.Manager[M]):
    """Refuses to build a query outside a tenant."""

    def get_queryset(self) -> models.QuerySet[M]:
        if connection.schema_name == PUBLIC:
            raise TenantScopeMissing(f"{self.model.__name__} belongs to a tenant, and none is entered")
        return super().get_queryset()


class Identified(models.Model):
    """A row known by a UUIDv7."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Shared(Identified):
    """A row of the public schema."""

    class Meta:
        abstract = True


class SharedRegister(models.Model):
    """A row of the public schema that an official register names by a code of its own."""

    class Meta:
        abstract = True


class TenantOwned(Identified):
    """A row of a tenant's schema."""

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
