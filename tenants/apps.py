"""The tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"

    def ready(self) -> None:
        from kernel.clearing import clears
        from kernel.crypto import ask_keys_by
        from kernel.doors import about_to_open
        from kernel.master_keys import seals
        from kernel.measures import measure
        from kernel.region_role import allow, allow_openly
        from kernel.web_role import limit
        from tenants.context import settle
        from tenants.hooks import keep_closed
        from tenants.keeping import Accounts
        from tenants.keys import keys_of_tenant_at_hand
        from tenants.models import (
            FormerKey,
            Membership,
            Partnership,
            RegionMembership,
            SchemaScript,
            Tenant,
            Territory,
        )
        from tenants.tasks import invitations_unsent

        measure("siedem_mails_waiting", invitations_unsent, of_platform=True)
        # The frame of every page lists where the person works.
        for model in (Membership, Partnership, RegionMembership, Territory):
            allow(model)
        allow(Tenant, without=("data_key",))
        # The names of places are all that pages for everybody need of these.
        allow_openly(Territory)
        # The owner runs what stands there.
        limit(SchemaScript, "SELECT")
        limit(FormerKey, "SELECT")
        keep_closed("tenants_formerkey", "wrapped", because="a key that the tenant had before")
        seals(Tenant, "data_key", of="data keys of tenants", named_by="slug", tenant="pk")
        seals(
            FormerKey, "wrapped", of="former data keys of tenants", named_by="tenant_id", tenant="tenant_id"
        )
        clears(Accounts())
        ask_keys_by(keys_of_tenant_at_hand)
        about_to_open.subscribe(settle)
        keep_closed(
            "tenants_tenant", "data_key", because="the key itself; what it encrypts stands here in plain"
        )
        keep_closed("tenants_invitation", "token_hash", because="opens an invitation")
        keep_closed("accounts_user", "password", because="passwords do not travel")
