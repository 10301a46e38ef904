"""`manage.py load_demo`: the pilot tenants with invented people, on a local machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import DomainError
from reporting.demo.actions import load_demo


class Command(BaseCommand):
    help = "Load the demo: the tenants of the pilots, invented people, three months of diaries. What is there stays."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_demo(
                today=timezone.localdate(), say=lambda name: self.stdout.write(f"  demo: {name}")
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if made:
            self.stdout.write(f"Demo loaded: {made} tenants.")
