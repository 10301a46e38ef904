"""Walk the audit chains and fail where one is broken."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actions import walk_chain
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Check that no entry of the record of actions was changed, removed or put in: of the platform and of every "
        "tenant, or of one. An end cut off shows only by comparing the printed count and hash with earlier ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="only this tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for name, scope in self._chains(options["tenant"]):
            with scope:
                state = walk_chain()
            if state.broken is not None:
                broken += 1
                self.stderr.write(
                    f"{name}: BROKEN at entry {state.broken.sequence}; {state.intact} entries before it hold"
                )
            else:
                self.stdout.write(f"{name}: {state.intact} entries, last {state.last_hash}")
        if broken:
            raise CommandError(f"{broken} records were altered.")

    @staticmethod
    def _chains(slug: str | None) -> Iterator[tuple[str, AbstractContextManager[None]]]:
        tenants = Tenant.objects.order_by("slug")
        if slug:
            tenants = tenants.filter(slug=slug)
            if not tenants:
                raise CommandError(f"There is no tenant at /{slug}/.")
        else:
            yield "platform", public_scope()
        for tenant in tenants:
            yield tenant.slug, tenant_scope(tenant)
