"""Explain in sentences what is wrong with this installation."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.doctor import examine
from tenants.doctor.findings import Grade

_SIGNS = {Grade.WELL: "✓", Grade.DOUBT: "▲", Grade.FAULT: "✗"}


class Command(BaseCommand):
    help = (
        "Look at every part that the product needs (settings, database, tables, queue, clock, workers, files, keys,"
        " mail, texts) and say of each how it is and what to do. Fails where something is wrong, not for doubts."
    )
    # What it is to explain must not stop it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format", choices=["text", "json"], default="text", help="json for programs (text)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            if options["format"] == "text":
                self.stdout.write(f"{_SIGNS[finding.grade]} {finding.part}: {finding.sentence}")
                if finding.remedy:
                    self.stdout.write(f"    {finding.remedy}")
        if options["format"] == "json":
            self.stdout.write(
                json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2)
            )
        faults = sum(finding.grade is Grade.FAULT for finding in findings)
        if faults:
            raise CommandError(f"Wrong: {faults} of {len(findings)} things looked at.")
