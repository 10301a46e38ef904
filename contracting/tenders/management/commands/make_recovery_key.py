"""`manage.py make_recovery_key`: a recovery key in three shares, printed once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracting.tenders.actions.sealing_keys import make_recovery_key
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Make a new recovery key of a tenant and show its three shares once; the one before it is retired."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="address of the tenant")
        parser.add_argument(
            "--holder", action="append", default=[], help="who keeps a share; give it three times"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError("There is no such tenant.")
        try:
            with tenant_scope(tenant):
                made = make_recovery_key(holders=options["holder"], actor=Actor.system("make_recovery_key"))
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Fingerprint: {made.key.fingerprint}")
        for holder, share in zip(made.key.holders, made.shares, strict=True):
            self.stdout.write(f"\n{holder}:\n{share}")
        self.stdout.write("\nShown once: write each share on its own sheet. Any two of them recover.")
