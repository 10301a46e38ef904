"""The tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"

    def ready(self) -> None:
        from kernel.region_role import allow
        from tenants.models import Membership, Partnership, RegionMembership, Tenant, Territory

        # The frame of every page lists where the person works.
        for model in (Membership, Partnership, RegionMembership, Territory):
            allow(model)
        allow(Tenant, without=("data_key",))
