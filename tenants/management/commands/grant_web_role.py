"""Make the database role of web servers, where it may be made, and give it its rights in every schema."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import region_role, web_role
from kernel.region_role import Readers
from tenants import provisioning


class Command(BaseCommand):
    help = (
        "Make the role of WEB_DATABASE_ROLE where it is missing and may be made, let it sign in by "
        "WEB_DATABASE_PASSWORD where one is given, and put its rights right in the shared schema and in every "
        "tenant's. manage.py prepare does it with every new version."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--make-only", action="store_true", help="make the role, give it no rights yet")

    def handle(self, *args: Any, **options: Any) -> None:
        role, told = web_role.role_named(), options["verbosity"]
        if not role:
            raise CommandError("WEB_DATABASE_ROLE is empty: name the role in it, siedem_web for example.")
        if role in {region_role.role_of(readers) for readers in Readers}:
            raise CommandError("WEB_DATABASE_ROLE names a role of pages of statistics: name another.")
        if self._make(role) and told:
            self.stdout.write(f"The role {role} is made for web servers.")
        if powers := web_role.powers(role):
            raise CommandError(f"The role {role} {', '.join(powers)}: take that from it, or name another.")
        if options["make_only"]:
            return
        schemas = web_role.grant_everything()
        provisioning.let_web_make_schemas(role)
        if schemas and told:
            self.stdout.write(f"The role {role} has its rights in {len(schemas)} schemas.")

    def _make(self, role: str) -> bool:
        password = settings.WEB_DATABASE_PASSWORD
        if password and web_role.signs_in(role) and not web_role.is_ours(role):
            self.stderr.write(
                f"The role {role} signs in already and is not ours to change: it keeps its password, and "
                "WEB_DATABASE_PASSWORD goes unused."
            )
            password = ""
        takes = [one for readers in Readers if (one := region_role.role_of(readers))]
        there = [one for one in takes if web_role.is_there(one)]
        try:
            return web_role.make_role(role, password=password, takes=there)
        except web_role.RoleMissing as error:
            raise CommandError(str(error)) from error
