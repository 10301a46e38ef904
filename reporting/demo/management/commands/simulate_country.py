"""`manage.py simulate_country`: tenants of the whole country with their months closed, and what that cost."""

import json
import time
from argparse import ArgumentTypeError
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kernel.errors import DomainError
from kernel.periods import Month
from kernel.processes import worker_processes
from kernel.tenancy import connection
from reporting.demo.country.closing import Closed, ClosingStopped, close_month, close_quarter, workers
from reporting.demo.country.loading import ACTOR, Loaded, load_tenant
from reporting.demo.country.measuring import page_times
from reporting.demo.country.plan import PlannedTenant, plan_country
from reporting.statistics.actions.publishing import publish
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import PeriodKind, ReleasedCell
from reporting.statistics.periods_due import release_day
from tenants import provisioning
from tenants.models import Tenant, Territory


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ArgumentTypeError("a share lies above 0 and up to 1, for example 0.05")
    return share


class Command(BaseCommand):
    help = (
        "Make a tenant of every commune, county and city of the register, or of a share of each class, with invented "
        "persons and diaries; close the months by the real actions with worker processes and the newest quarter that "
        "is over, release both; say what it cost, with times of a region's pages. What is "
        "there already stays: run it again to go on. For a local machine; worker processes of another `make run` "
        "on the same Redis would take part."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--share", type=_share, default=1.0, metavar="S", help="share of the tenants (1)")
        parser.add_argument(
            "--months", type=int, default=1, choices=range(1, 13), metavar="M", help="months (1)"
        )
        parser.add_argument("--seed", type=int, default=7, help="another seed gives another country (7)")
        parser.add_argument(
            "--workers", type=int, default=2, choices=range(1, 65), metavar="N", help="processes (2)"
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the figures there as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "A simulated country is for a local machine: its settings are those of a real one."
            )
        planned = plan_country(
            Territory.objects.filter(retired_on=None).values_list("code", "name"),
            options["share"],
            options["seed"],
        )
        if not planned:
            raise CommandError(
                "No tenant falls into this share, or the register of territories is empty: take a larger share, or "
                "run manage.py load_territories."
            )
        months = self._months(options["months"])
        self._say(
            f"{len(planned)} tenants, {sum(tenant.persons for tenant in planned)} persons, "
            f"{months[0]} … {months[-1]}, {options['workers']} processes"
        )
        try:
            figures = self._simulate(planned, months, options["seed"], options["workers"])
        except (DomainError, ClosingStopped) as error:
            raise CommandError(str(error)) from error
        self._tell(figures)
        if options["report"]:
            options["report"].write_text(json.dumps(figures, indent=2) + "\n", "utf-8")

    def _say(self, text: str) -> None:
        if self.verbosity:
            self.stdout.write(f"  {text}")

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.verbosity = int(options["verbosity"])
        return super().execute(*args, **options)

    @staticmethod
    def _months(count: int) -> list[Month]:
        """The newest months that may be released today, oldest first."""
        today = timezone.localdate()
        months = [Month.of(today).previous()]
        if release_day(PeriodKind.MONTH, months[0].first) > today:
            months = [months[0].previous()]
        while len(months) < count:
            months.insert(0, months[0].previous())
        return months

    def _simulate(
        self, planned: list[PlannedTenant], months: list[Month], seed: int, count: int
    ) -> dict[str, Any]:
        before, begun = _size_of_database(), time.perf_counter()
        loaded = self._load(planned, months, seed, count)
        loading = time.perf_counter() - begun
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        tenants = list(Tenant.objects.filter(slug__in=[tenant.slug for tenant in planned]).order_by("slug"))
        closed: dict[str, Closed] = {}
        with workers(count) as running:
            for month in months:
                closed[str(month)] = close_month(tenants, month, running, self._say)
        quarter = _newest_quarter()
        told, quarterly = close_quarter(tenants, quarter, self._say)
        begun = time.perf_counter()
        for month in months:
            publish(PeriodKind.MONTH, month.first, actor=ACTOR)
        publish(PeriodKind.QUARTER, quarter.first, actor=ACTOR)
        publishing = time.perf_counter() - begun
        figures = _figures(len(planned), loaded, loading, closed, _size_of_database() - before)
        shown = ReleasedCell.objects.current().filter(period__in=[month.first for month in months])
        return figures | {
            f"closing {quarter}": {"tenants": told, "seconds": round(quarterly, 1)},
            "publishing, seconds": round(publishing, 1),
            "cells for the regions": shown.count(),
            "milliseconds of a page of the region": page_times(ACTOR),
        }

    def _load(self, planned: list[PlannedTenant], months: list[Month], seed: int, count: int) -> Loaded:
        # Once, and not in every process.
        provisioning.statements()
        loaded, said = Loaded(), 0
        with worker_processes(count) as pool:
            # The largest first, so that no process is left alone with a city at the end.
            order = sorted(planned, key=lambda tenant: -tenant.persons)
            days = [month.first for month in months]
            begun = [pool.submit(load_tenant, tenant, days, seed) for tenant in order]
            for number, done in enumerate(as_completed(begun), start=1):
                loaded.add(done.result())
                if number * 20 // len(planned) > said:
                    said = number * 20 // len(planned)
                    self._say(f"{number} of {len(planned)} tenants are there, {loaded.rows['visits']} visits")
        return loaded

    def _tell(self, figures: dict[str, Any]) -> None:
        for name, value in figures.items():
            if isinstance(value, dict):
                for part, figure in value.items():
                    self.stdout.write(f"{name}, {part}: {figure}")
            else:
                self.stdout.write(f"{name}: {value}")


def _newest_quarter() -> Quarter:
    """The newest quarter that may be released today."""
    today = timezone.localdate()
    quarter = Quarter.of(today).previous()
    return quarter if release_day(PeriodKind.QUARTER, quarter.first) <= today else quarter.previous()


def _size_of_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _figures(
    tenants: int, loaded: Loaded, loading: float, closed: dict[str, Closed], size: int
) -> dict[str, Any]:
    made = loaded.rows["tenants"]
    return {
        "tenants": tenants,
        "made now": dict(loaded.rows),
        "loading, seconds": round(loading, 1),
        "seconds in all processes": {step: round(seconds, 1) for step, seconds in loaded.seconds.items()},
        "milliseconds to provision a tenant": round(loaded.seconds["provisioning"] * 1000 / made)
        if made
        else 0,
        "disk, MB": round(size / 1e6),
        "disk of a tenant made now, MB": round(size / 1e6 / made, 2) if made else 0,
        **{
            f"closing {month}": {
                "contracts handed in": one.handed_in,
                "contracts accepted": one.accepted,
                "contracts with something to explain": one.refused,
                "seconds to hand in": round(one.submitting, 1),
                "seconds to accept": round(one.accepting, 1),
                "most memory of a worker, MB": round(one.worker_bytes / 1e6),
                "most memory of the database's connections, MB": None
                if one.database_bytes is None
                else round(one.database_bytes / 1e6),
            }
            for month, one in closed.items()
        },
    }
