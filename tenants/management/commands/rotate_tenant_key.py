"""Change a tenant's own data key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from kernel import web_role
from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import forget_former_keys, rotate_tenant_key
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Give a suspended tenant a new data key and encrypt its columns, files and indexes anew, whole or not at all. "
        "An hour later, --finish throws the former key away; the tenant may be open again by then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of the tenant's addresses")
        parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument(
            "--finish", action="store_true", help="throw former keys away once nothing needs them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if web_role.is_taken():
            raise CommandError("Run it as the product's own role, not as that of web servers.")
        actor = Actor.system("rotate_tenant_key")
        tenant = Tenant.objects.present().filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{options['slug']}/.")
        try:
            if options["finish"]:
                told = forget_former_keys(tenant, actor=actor)
                self.stdout.write(
                    f"{tenant.slug}: no former key is kept; {told.changed.total()} values still needed one."
                )
            else:
                told = rotate_tenant_key(tenant, reason=options["reason"], actor=actor)
                for what, count in sorted(told.changed.items()):
                    self.stdout.write(f"{tenant.slug}: {what}, {count} encrypted anew")
                self.stdout.write(
                    f"{tenant.slug} has a new key. Open it again, and in an hour: "
                    f"manage.py rotate_tenant_key {tenant.slug} --finish"
                )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        except DatabaseError as error:
            raise CommandError(
                f"{tenant.slug}: nothing was changed ({type(error.__cause__ or error).__name__}). Run it again."
            ) from error
        for table, count in sorted(told.unread.items()):
            self.stderr.write(
                f"{tenant.slug}: {count} values of {table} are opened by no key and stay as they are"
            )
