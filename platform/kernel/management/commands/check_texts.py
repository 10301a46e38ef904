"""Fail where a text of the interface lacks its Polish translation."""

from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import texts


class Command(BaseCommand):
    help = "List texts of code and templates without a Polish translation, and faults of the catalogues."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--under", default="", help="only texts of files under this path, such as reporting/care"
        )
        parser.add_argument(
            "--add", metavar="APP", help="write what is missing, untranslated, into the catalogue of this app"
        )
        parser.add_argument("--unused", action="store_true", help="also list translations that no code shows")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = texts.check_catalogues(
            settings.ROOT, "pl", texts.framework_texts(_framework_locales(), "pl")
        )
        under = options["under"]
        missing = [text for text in findings.missing if any(p.startswith(under) for p in text.places)]
        faults = [fault for fault in findings.faults if fault.startswith(under)]
        for text in missing:
            self.stdout.write(f"{text.places[0]}: {text.singular!r} has no Polish translation")
        for fault in faults:
            self.stdout.write(fault)
        if options["unused"]:
            for line in findings.unused:
                self.stdout.write(f"unused: {line}")
        if options["add"]:
            self._add(options["add"], missing)
        if missing or faults:
            raise CommandError(
                f"{len(missing)} texts without a translation, {len(faults)} faults in catalogues."
            )
        if options["verbosity"]:
            self.stdout.write("Every text has its Polish translation.")

    def _add(self, label: str, missing: list[texts.Text]) -> None:
        try:
            app = Path(apps.get_app_config(label).path)
        except LookupError as error:
            raise CommandError(f"There is no app {label!r}.") from error
        own = f"{app.relative_to(settings.ROOT)}/"
        wanted = [text for text in missing if any(place.startswith(own) for place in text.places)]
        path = app / "locale" / "pl" / "LC_MESSAGES" / "django.po"
        self.stdout.write(
            f"{texts.add_missing(path, wanted, 'pl')} texts added to {path.relative_to(settings.ROOT)}"
        )


def _framework_locales() -> list[Path]:
    """Where Django and installed packages keep their translations."""
    places = [Path(django.__file__).parent / "conf" / "locale"]
    for config in apps.get_app_configs():
        path = Path(config.path)
        if "site-packages" in path.parts:
            places.append(path / "locale")
            # allauth keeps the texts of its apps together, one folder up.
            places.append(path.parent / "locale")
    return places
