"""Make the database role of the region's pages, where it may be made, and give it exactly what they need."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel import region_role


class Command(BaseCommand):
    help = (
        "Make the role of REGION_DATABASE_ROLE where it is missing and may be made, and give it the tables that the "
        "region's pages need, nothing else. manage.py prepare does it with every new version."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        role = settings.REGION_DATABASE_ROLE
        if not role:
            raise CommandError(
                "REGION_DATABASE_ROLE is empty: name the role in it, siedem_region for example."
            )
        try:
            made = region_role.make_role(role)
        except region_role.RoleMissing as error:
            raise CommandError(
                f"The database has no role {role}, and ours may make none. Let a superuser run "
                f"infra/region_role.sql, then start again."
            ) from error
        except region_role.RoleTooStrong as error:
            raise CommandError(
                f"The role {role} could open schemas of tenants by itself: name another in REGION_DATABASE_ROLE."
            ) from error
        region_role.grant_rights(role)
        if options["verbosity"] and made:
            self.stdout.write(f"The role {role} is made for the pages of voivodeships.")
