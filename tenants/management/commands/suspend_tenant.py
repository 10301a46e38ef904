"""Refuse entry to the people of a tenant, or let them in again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from tenants.actions import resume_tenant, suspend_tenant
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Suspend a tenant with a reason that its people read when they are refused; --resume lets them in again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of the tenant's addresses")
        parser.add_argument("reason", nargs="?", default="", help="one sentence for the people of the tenant")
        parser.add_argument("--resume", action="store_true", help="let people in again")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("suspend_tenant")
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{options['slug']}/.")
        try:
            if options["resume"]:
                resume_tenant(tenant, actor=actor)
                self.stdout.write(f"{tenant.name} is open again.")
            else:
                suspend_tenant(tenant, reason=options["reason"], actor=actor)
                self.stdout.write(f"{tenant.name} is suspended.")
        except DomainError as error:
            raise CommandError(str(error.message)) from error
