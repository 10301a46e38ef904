"""Print the comparison of a tenant's month: granted, delivered, fulfilment and every deviation."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.queries import compare_month
from reporting.compliance.rules import to_json
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Print the monthly comparison of a tenant as one JSON document: for each decision the minutes granted and "
        "delivered, the fulfilment in percent and the deviations, sorted by decision number, then code; after them "
        "the contracts. The same data give the same bytes. Nothing is saved. Exits with 0, or with 2 and a sentence "
        "where the tenant or the month is not known. Example: compare_month --tenant barlinek --month 2026-10"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="address of the tenant")
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="month, for example 2026-10")
        parser.add_argument("--format", choices=["json"], default="json", help="form of the output (json)")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(
                _("--tenant: there is no tenant with the address “%(slug)s”. The page of tenants lists them.")
                % {"slug": options["tenant"]},
                returncode=2,
            )
        month = _month(options["month"])
        with tenant_scope(tenant):
            document = to_json(compare_month(month), tenant=tenant.slug)
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))


def _month(text: str) -> Month:
    try:
        month = Month.parse(text)
        month.bounds()
        month.next().next()
    except (ValueError, OverflowError) as error:
        raise CommandError(
            _("--month: “%(value)s” is not a month. Write the year and the month, for example 2026-10.")
            % {"value": text},
            returncode=2,
        ) from error
    return month
