"""Bring everything that older master keys seal under the newest one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import web_role
from kernel.access import Actor
from tenants.actions.rotating import Turned, rotate_master_keys


class Command(BaseCommand):
    help = (
        "Seal under the first of MASTER_KEYS what the keys behind it still hold: the data keys of tenants, and second "
        "factors of accounts. A tenant that fails stops no other; run the command again to go on. Afterwards doctor "
        "says which key may be taken out."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if web_role.is_taken():
            raise CommandError("Run it as the product's own role, not as that of web servers.")
        wrong = sum(
            self._tell(turned) for turned in rotate_master_keys(actor=Actor.system("rotate_master_keys"))
        )
        if wrong:
            raise CommandError(f"Not under the newest key: {wrong}. Everything else is.")
        self.stdout.write("Everything is under the newest key. manage.py doctor says which others may go.")

    def _tell(self, turned: Turned) -> int:
        place = f"{turned.of}, {turned.so_far} of {turned.total}"
        if turned.done:
            told = turned.done[0] if len(turned.done) == 1 else f"{len(turned.done)} more"
            self.stdout.write(f"{place}: {told} under the newest key")
        for name in turned.lost:
            self.stderr.write(f"{place}: {name} is opened by none of MASTER_KEYS: put the key back")
        if turned.failed:
            self.stderr.write(f"{place}: {', '.join(turned.failed)} not changed ({turned.error})")
        return len(turned.lost) + len(turned.failed)
