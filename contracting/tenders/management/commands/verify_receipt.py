"""`manage.py verify_receipt`: whether a receipt of an offer is true; exit code 0 true, 1 altered, 2 unknown."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracting.tenders.actions.receipts import Finding, verify_receipt
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant

EXIT_CODES = {Finding.TRUE: 0, Finding.ALTERED: 1, Finding.UNKNOWN: 2}


class Command(BaseCommand):
    help = (
        "Check a receipt: the JSON file of it, or its number and SHA-256. Prints true, altered or unknown and exits "
        "with 0, 1 or 2. The mark is made anew with the key of the call, so altered rows of the database are found too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="address of the tenant")
        parser.add_argument(
            "--receipt", required=True, metavar="FILE|NUMBER", help="the JSON of the receipt, or its number"
        )
        parser.add_argument("--sha256", help="hash of the content; needed with a number")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError("There is no such tenant.")
        facts = _facts(options["receipt"], options["sha256"])
        try:
            with tenant_scope(tenant):
                checked = verify_receipt(
                    facts["receipt"],
                    sha256=facts["sha256"],
                    submitted_at=facts.get("submitted_at"),
                    mac=facts.get("mac"),
                )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(checked.finding.value)
        sys.exit(EXIT_CODES[checked.finding])


def _facts(receipt: str, sha256: str | None) -> dict[str, str]:
    path = Path(receipt)
    if not path.is_file():
        if not sha256:
            raise CommandError("Give --sha256 with the number of a receipt, or the JSON file of the receipt.")
        return {"receipt": receipt, "sha256": sha256}
    try:
        found = json.loads(path.read_text("utf-8"))
        facts = {name: str(found[name]) for name in ("receipt", "submitted_at", "sha256", "mac")}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise CommandError("The file is no receipt: it lacks number, moment, hash or mark.") from error
    return {**facts, "sha256": sha256 or facts["sha256"]}
