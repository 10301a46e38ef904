"""Import a diary of visits from a file, whole or not at all.

Visits after the present moment are refused to people, on the pages of the diary and of its files. Here they are
taken with a warning: the command moves what another system has recorded, perhaps on a machine whose clock is behind.
"""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.delivery.actions.imports import ImportOutcome, RowsRefused, import_file
from reporting.delivery.files import FileRefusal, RowRefusal
from reporting.delivery.models import Visit
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Import visits from a CSV (UTF-8), XLSX or ODS file with the columns decision_number, date, start, end, "
        "worker, activities and, if wanted, status and note. All or nothing: prints counts as JSON and exits with 0, "
        "or prints every refused row as JSON and exits with 2, nothing saved. A visit that is stored already is "
        "counted as present, so the same file twice adds nothing. A visit that has not begun by the clock of this "
        "machine is imported, and a warning on standard error names its row. "
        "Example: import_diary --tenant barlinek --contract U/1/2026 october.csv"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="address of the tenant")
        parser.add_argument("--contract", required=True, metavar="NUMBER", help="number of the contract")
        parser.add_argument("file", metavar="FILE", help="the diary")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            sentence = _("There is no tenant with this address. Correct the address after --tenant.")
            self._refuse("--tenant", options["tenant"], "unknown_tenant", sentence)
        with tenant_scope(tenant):
            outcome = self._import(options["contract"], options["file"])
        for row in outcome.ahead:
            sentence = _(
                "Row %(row)s (%(value)s): by the clock of this machine the visit has not begun yet. It was imported; "
                "check the date of the visit or the clock."
            )
            self.stderr.write(sentence % {"row": row.row_number, "value": row.value})
        self._answer({"rows": outcome.rows, "added": outcome.added, "present": outcome.present})

    def _import(self, number: str, file: str) -> ImportOutcome:
        contract = Contract.objects.filter(number=number).first()
        if contract is None:
            sentence = _("The tenant has no contract with this number. Correct the number after --contract.")
            self._refuse("--contract", number, "unknown_contract", sentence)
        try:
            with Path(file).open("rb") as stream:
                return import_file(
                    contract,
                    stream,
                    source=Visit.Source.COMMAND,
                    actor=Actor.system("import_diary"),
                    takes_future=True,
                )
        except OSError as error:
            sentence = _("The file cannot be read: %(fault)s.") % {"fault": error.strerror}
            self._refuse("FILE", file, "unreadable_file", sentence)
        except (FileRefusal, RowsRefused) as refused:
            self._refuse_rows([*refused.refusals])

    def _refuse_rows(self, refusals: list[RowRefusal]) -> NoReturn:
        self._answer({"added": 0, "refused": [refusal.as_json() for refusal in refusals]})
        sys.exit(2)

    def _refuse(self, column: str, value: str, code: str, reason: str) -> NoReturn:
        refusal = {"row": None, "column": column, "value": value, "code": code, "reason": reason}
        self._answer({"added": 0, "refused": [refusal]})
        sys.exit(2)

    def _answer(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
