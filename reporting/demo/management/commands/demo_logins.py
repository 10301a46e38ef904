"""`manage.py demo_logins`: the table of demo logins by role."""

from typing import Any

from django.core.management.base import BaseCommand

from reporting.demo.people import PASSWORD, logins
from reporting.demo.world import pilots


class Command(BaseCommand):
    help = "Print who can sign in to the demo: role, e-mail, tenant; the password is the same for all."

    def handle(self, *args: Any, **options: Any) -> None:
        with_care = [pilot["slug"] for pilot in pilots() if "care" in pilot]
        rows = [("role", "e-mail", "where"), *((row.role, row.email, row.place) for row in logins(with_care))]
        if len(rows) == 1:
            self.stdout.write("There are no demo logins here.")
            return
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            self.stdout.write(
                "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            )
        self.stdout.write(f"\nPassword of all: {PASSWORD}")
