"""`manage.py recover_call_keys`: wrap the keys of calls for the present keeper, with two printed shares."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracting.tenders.actions.sealing_keys import THRESHOLD, recover_call_keys
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Recover the keys of a tenant's calls after the key of the keeper was lost or altered. Asks for two shares of "
        "the recovery key, one a line, on the standard input; they are not shown and stay nowhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="address of the tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError("There is no such tenant.")
        shares = [_ask(number) for number in range(1, THRESHOLD + 1)]
        try:
            with tenant_scope(tenant):
                count = recover_call_keys(shares, actor=Actor.system("recover_call_keys"))
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Recovered: {count}. Their offers can be opened again.")


def _ask(number: int) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"Share {number} (its words in order): ")
    return sys.stdin.readline()
