"""Record that the register of territories moved a tenant on 1 January."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.access import Actor
from kernel.errors import DomainError
from reporting.statistics.actions.relocating import relocate_tenant
from tenants.models import Tenant, Territory


class Command(BaseCommand):
    help = "Move a tenant to another territory from a 1 January on; earlier periods stay in the old one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the first part of the tenant's addresses")
        parser.add_argument("territory", help="the TERC code from that day on")
        parser.add_argument("--from", dest="since", required=True, type=date.fromisoformat, help="2027-01-01")
        parser.add_argument(
            "--kind", choices=Tenant.Kind.values, help="the tenant's kind, where it changes too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant at /{options['slug']}/.")
        territory = Territory.objects.filter(pk=options["territory"]).first()
        if territory is None:
            raise CommandError(
                f"The register has no territory {options['territory']}: load the newer one first."
            )
        try:
            relocate_tenant(
                tenant,
                territory,
                kind=options["kind"] or tenant.kind,
                valid_from=options["since"],
                actor=Actor.system("relocate_tenant"),
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            f"{tenant.name} lies in {territory.name} ({territory.pk}) from {options['since']} on."
        )
