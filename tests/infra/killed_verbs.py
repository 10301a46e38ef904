"""Verbs under which something is killed: each is made for one tenant, and tells what there is of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyrage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from contracting.tenders.models import SealedOffer
from documents.actions import store_file
from documents.models import StoredFile
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.compliance import actions as closing
from reporting.compliance.models import ContractMonth
from reporting.delivery import tasks
from reporting.delivery.actions.imports import confirm_import
from reporting.delivery.models import DiaryImport, Visit
from reporting.statistics.models import Fact, FactsBatch
from tenants import actions as tenant_actions
from tenants import routing
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.facts import told_of_care
from tests.factories.people import signed_in_client
from tests.infra.killing import AWAY, PERSON, SENTENCE
from tests.racing import new_tenant
from tests.reporting.compliance.closing_world import OCTOBER, PROVIDER
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.delivery.test_imports import line
from tests.reporting.statistics.sending_world import THIRD_QUARTER


@dataclass
class Verb:
    """What is done, in which schema's record it ends, and what it has brought about.

    `do` raises where it fails, or gives the answer of the site where a person does it. `look` asks for the page before
    which the person stands meanwhile; without one nobody stands before a page.
    """

    schema: str
    do: Callable[[], Any]
    brought: Callable[[], Any]
    look: Callable[[], Any] | None = None


def _person(role: str, tenant: Tenant | None = None) -> Client:
    """Somebody who is shown the page of a failure, as by a real server."""
    client = signed_in_client(role, tenant)
    client.raise_request_exception = False
    return client


def is_away(answer: Any) -> bool:
    """Whether the site says, in a sentence and to programs, that a server is away for a moment."""
    return (
        answer is not None
        and answer.status_code == 503
        and bool(answer["Retry-After"])
        and SENTENCE in answer.content.decode()
    )


def was_refused(gave: Any, failed: BaseException | None) -> bool:
    """Whether a verb that lost the database said so: to the person by the page, else by the error of the driver."""
    return is_away(gave) if isinstance(gave, HttpResponse) else isinstance(failed, AWAY)


def month_close(tenant: Tenant, _folder: Path) -> Verb:
    with tenant_scope(tenant):
        contract = ContractFactory()
        decision = DecisionFactory(contract=contract, minutes=120)
        visit(decision, WorkerFactory(organisation=contract.organisation), date(2026, 10, 1), "08:00", 120)
        closing.submit_month(contract, OCTOBER, actor=PROVIDER)
    director, page = _person("director", tenant), f"/{tenant.slug}/month/{contract.pk}/{OCTOBER}/"

    def do() -> Any:
        return director.post(f"{page}accept/")

    def brought() -> Any:
        with tenant_scope(tenant):
            row = ContractMonth.objects.get(contract=contract)
            lines = Entry.objects.filter(verb="accept_month").count()
        return row.state, row.accepted_minutes, lines, told_of_care(tenant, OCTOBER.first)

    return Verb(tenant.schema_name, do, brought, lambda: director.get(page))


def push_of_facts(tenant: Tenant, _folder: Path) -> Verb:
    with tenant_scope(tenant):
        Result.objects.create(kind="event", title="Piknik", happened_on=THIRD_QUARTER)
    # The clock does it with nobody there, and a director who would rather not wait for the clock.
    director, page = _person("director", tenant), f"/{tenant.slug}/statistics/periods/2026-Q3/"

    def do() -> Any:
        return director.post(page)

    def brought() -> Any:
        batches = FactsBatch.objects.filter(tenant=tenant, kind="quarter", period=THIRD_QUARTER)
        facts = Fact.objects.filter(tenant=tenant, indicator="results", category="event")
        return [*batches.values_list("version", flat=True)], facts.count()

    return Verb(tenant.schema_name, do, brought, lambda: director.get(page))


def saving_of_an_import(tenant: Tenant, _folder: Path) -> Verb:
    world, brought = confirmed_import(tenant)
    client, page = world.client(), world.url(f"import/{brought.pk}/")
    client.raise_request_exception = False

    def do() -> Any:
        with tenant_scope(tenant):
            return tasks.save_import(str(brought.pk))

    return Verb(tenant.schema_name, do, lambda: imported(world), lambda: client.get(page))


def confirmed_import(tenant: Tenant) -> tuple[DiaryWorld, DiaryImport]:
    """A file of two visits that somebody brought, that was checked, and that is to be saved."""
    world, brought = checked_import(tenant)
    with tenant_scope(tenant):
        confirm_import(brought, actor=PERSON)
    return world, brought


def checked_import(tenant: Tenant) -> tuple[DiaryWorld, DiaryImport]:
    """The same before anybody has confirmed it."""
    world = build_diary(tenant)
    content = csv_file([line(world), line(world, date="2024-10-08")])
    bring(world.client(), world, content)
    with tenant_scope(tenant):
        brought = DiaryImport.objects.latest("created_at")
        tasks.check_import(str(brought.pk))
        brought.refresh_from_db()
        assert (brought.state, brought.rows_new) == (DiaryImport.State.READY, 2)
    return world, brought


def bring(client: Client, world: DiaryWorld, content: bytes) -> Any:
    file = SimpleUploadedFile("dziennik.csv", content)
    return client.post(world.url("import/"), {"contract": str(world.contract.pk), "file": file})


def imported(world: DiaryWorld) -> Any:
    with tenant_scope(world.tenant):
        visits = Visit.objects.filter(decision__contract=world.contract)
        brought = DiaryImport.objects.filter(contract=world.contract)
        lines = Entry.objects.filter(subject_id__in=[str(one.pk) for one in brought])
        return (
            sorted(visits.values_list("starts_at", flat=True)),
            [*brought.values_list("state", "rows_new")],
            sorted(lines.values_list("verb", flat=True)),
        )


def provisioning_of_a_tenant(tenant: Tenant, _folder: Path) -> Verb:
    slug = f"nowa-{tenant.slug}"

    operator = _person("platform_operator")

    def do() -> Any:
        return operator.post(reverse("operator:create_tenant"), said_of_a_tenant(slug))

    def brought() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM information_schema.tables t JOIN tenants_tenant n"
                " ON t.table_schema = n.schema_name WHERE n.slug = %s",
                [slug],
            )
            tables = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%' AND nspname NOT IN"
                " (SELECT schema_name FROM tenants_tenant)"
            )
            return Tenant.objects.filter(slug=slug).count(), tables, cursor.fetchone()[0]

    return Verb("public", do, brought, lambda: operator.get(reverse("operator:tenants")))


def said_of_a_tenant(slug: str) -> dict[str, str]:
    """What an operator fills into the form of a new tenant."""
    return {
        "name": "Gmina Nowa", "slug": slug, "kind": "commune", "territory": "3262011", "unit_type": "OPS",
        "unit_name": "OPS", "population": "900",
    }  # fmt: skip


def restoration_of_a_tenant(tenant: Tenant, folder: Path) -> Verb:
    identity, actor = pyrage.x25519.Identity.generate(), Actor.system("tests")
    archive = folder / f"{tenant.slug}.age"
    with tenant_scope(tenant), transaction.atomic():
        store_file(b"tekst", name="a.txt", content_type="text/plain", folder="probe", actor=actor)
        entries = Entry.objects.count()
    tenant_actions.archive_tenant(tenant, archive, [identity.to_public()], actor=actor)
    with tenant_scope(tenant):
        Result.objects.create(kind="event", title="po archiwum", happened_on=THIRD_QUARTER)
    tenant_actions.suspend_tenant(tenant, reason="odtwarzanie", actor=actor)

    def do() -> Any:
        return tenant_actions.restore_tenant(archive, [identity], reason="próba", actor=actor)

    def brought() -> Any:
        with tenant_scope(tenant):
            later = Result.objects.filter(title="po archiwum").count()
            return later, Entry.objects.count() - entries, StoredFile.objects.count() > 0

    return Verb("public", do, brought)


VERBS = [month_close, push_of_facts, saving_of_an_import, provisioning_of_a_tenant, restoration_of_a_tenant]


def fresh_tenant(slug: str) -> Tenant:
    """A tenant that no address and no cache of this process knows yet."""
    routing.forget()
    return new_tenant(slug[:30], slug)


def handed_in(desk: Desk) -> Any:
    with tenant_scope(desk.tenant):
        rows = SealedOffer.objects.filter(offer=desk.offer)
        lines = Entry.objects.filter(subject_id=str(desk.offer.pk))
        return [*rows.values_list("state", flat=True)], sorted(lines.values_list("verb", flat=True))
