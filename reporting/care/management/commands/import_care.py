"""Bring persons, workers, contracts and decisions of another system into a tenant."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from kernel.access import Actor
from kernel.errors import Conflict
from kernel.tenancy import tenant_scope
from reporting.care.actions import import_care
from reporting.care.actions.importing import as_problems
from reporting.care.document.faults import DocumentRefusal
from reporting.care.document.form import SCHEMA_PATH
from reporting.care.document.reading import read_care_document
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Bring in a JSON document of persons, workers, contracts, decisions, plans and suspensions. Everything is "
        "found by its number or code: the same document twice changes nothing. The whole document is checked before "
        "anything is saved. Prints counts as JSON and exits with 0, or prints every problem as JSON and exits with 2, "
        f"nothing saved. The form of the document: {SCHEMA_PATH.name} beside this app, in schemas/. "
        "Example: import_care --tenant barlinek care.json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="address of the tenant")
        parser.add_argument("file", metavar="FILE.json", help="the document, in UTF-8")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            sentence = _("There is no tenant with this address. The page of tenants lists them.")
            self._refuse("--tenant", options["tenant"], "unknown_tenant", sentence)
        try:
            with Path(options["file"]).open("rb") as stream:
                document = read_care_document(stream)
            with tenant_scope(tenant):
                imported = import_care(document, actor=Actor.system("import_care"))
        except OSError as error:
            sentence = _("The file cannot be read: %(fault)s.") % {"fault": error.strerror}
            self._refuse("FILE", options["file"], "unreadable_file", sentence)
        except (DocumentRefusal, Conflict) as refusal:
            self._answer(as_problems(refusal))
            sys.exit(2)
        self._answer(imported.as_json())

    def _refuse(self, path: str, value: str, code: str, reason: str) -> NoReturn:
        self._answer({"problems": [{"path": path, "value": value, "code": code, "reason": reason}]})
        sys.exit(2)

    def _answer(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
