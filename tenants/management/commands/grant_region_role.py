"""Make the database roles of the region's and of open pages, where they may be made, with exactly what these need."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import region_role
from kernel.region_role import Readers

_PAGES = {Readers.REGION: "the pages of voivodeships", Readers.OPEN: "open pages of statistics"}
_SETTINGS = {Readers.REGION: "REGION_DATABASE_ROLE", Readers.OPEN: "OPEN_DATABASE_ROLE"}


class Command(BaseCommand):
    help = (
        "Make the roles of REGION_DATABASE_ROLE and OPEN_DATABASE_ROLE where they are missing and may be made, and "
        "give each the tables that its pages need, nothing else. manage.py prepare does it with every new version."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        named = {readers: role for readers in Readers if (role := region_role.role_of(readers))}
        if not named:
            raise CommandError(
                "REGION_DATABASE_ROLE is empty: name the role in it, siedem_region for example."
            )
        if len(set(named.values())) < len(named):
            raise CommandError("REGION_DATABASE_ROLE and OPEN_DATABASE_ROLE name one role: name two.")
        for readers, role in named.items():
            made = self._make(readers, role)
            region_role.grant_rights(role, readers)
            if options["verbosity"] and made:
                self.stdout.write(f"The role {role} is made for {_PAGES[readers]}.")

    @staticmethod
    def _make(readers: Readers, role: str) -> bool:
        try:
            return region_role.make_role(role)
        except region_role.RoleMissing as error:
            raise CommandError(
                f"The database has no role {role}, and ours may make none. Let a superuser run "
                f"infra/region_role.sql, then start again."
            ) from error
        except region_role.RoleTooStrong as error:
            raise CommandError(
                f"The role {role} could open schemas of tenants by itself: name another in {_SETTINGS[readers]}."
            ) from error
