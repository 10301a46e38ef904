"""Let files that the virus scanner could not check wait for it again."""

from typing import Any

from django.core.management.base import BaseCommand

from documents.scanning import scan_again
from kernel.access import Actor
from tenants.everywhere import in_every_tenant


class Command(BaseCommand):
    help = (
        "In every tenant, let files at which the virus scanner failed so often that they were given up wait for it "
        "again: after its limits were raised, or it was mended."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = in_every_tenant(lambda: scan_again(actor=Actor.system("scan_again")))
        self.stdout.write(
            f"{count} files wait for the scanner again; the clock hands them over within ten minutes."
        )
