"""Walk the audit chains, compare them with their checkpoints, and fail where one was altered."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from audit.checkpoints import Proof, prove, public_keys
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Check that no entry of the record of actions was changed, removed, put in or cut off at the end, and that no "
        "reading of personal data was altered: of the platform and of every tenant, or of one. Each record is walked "
        "and compared with its signed checkpoints outside the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", help="only this tenant")

    def handle(self, *args: Any, **options: Any) -> None:
        broken, locked = 0, True
        with translation.override("en"):
            for name, scope in self._chains(options["tenant"]):
                with scope:
                    proof = prove()
                broken += not proof.holds
                locked = proof.locked
                self._tell(name, proof)
        self.stdout.write(f"keys of checkpoints: {', '.join(public_keys())}")
        if not locked:
            self.stdout.write(
                "The store of checkpoints locks nothing: whoever owns it can remove the newest."
            )
        if broken:
            raise CommandError(f"{broken} records were altered.")

    def _tell(self, name: str, proof: Proof) -> None:
        chain = proof.chain
        if chain.broken is not None:
            self.stderr.write(
                f"{name}: BROKEN at entry {chain.broken.sequence}; {chain.intact} entries before it hold"
            )
        for finding in proof.findings:
            self.stderr.write(f"{name}: BROKEN, says {finding.name}: {finding.fault.label}")
        if proof.holds:
            self.stdout.write(
                f"{name}: {chain.intact} entries, last {chain.last_hash}; "
                f"{proof.checkpoints - proof.set_aside} checkpoints agree, the last at entry {proof.reached}"
                + (f", {proof.set_aside} of a record that a restoration set aside" if proof.set_aside else "")
                + (
                    f", {proof.by_number} by the number of readings only, for names were taken off past their term"
                    if proof.by_number
                    else ""
                )
            )

    @staticmethod
    def _chains(slug: str | None) -> Iterator[tuple[str, AbstractContextManager[None]]]:
        tenants = Tenant.objects.present().order_by("slug")
        if slug:
            tenants = tenants.filter(slug=slug)
            if not tenants:
                raise CommandError(f"There is no tenant at /{slug}/.")
        else:
            yield "platform", public_scope()
        for tenant in tenants:
            yield tenant.slug, tenant_scope(tenant)
