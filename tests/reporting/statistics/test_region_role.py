"""Under the role of production every page of a region works, and PostgreSQL itself keeps its code out of tenants."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from audit.models import Entry
from kernel import region_role as roles
from kernel.region_role import Readers, in_open_role, in_region_role
from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from reporting.statistics.api import reading
from reporting.statistics.models import (
    Fact,
    MadeReport,
    Note,
    Release,
    ReleasedCell,
    SavedReport,
    SigningSecret,
)
from reporting.statistics.schedule import make_reports
from reporting.statistics.views import open as open_pages
from reporting.statistics.views import region as overview
from tenants.doctor.roles import narrow_role
from tenants.models import Membership, Tenant
from tests.region_role import as_superuser, region_role
from tests.reporting.statistics.desk_world import AUGUST, released_country

pytestmark = pytest.mark.django_db
REGION = reverse("statistics:region", args=["32"])


@pytest.fixture(scope="module")
def role(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock():
        with region_role() as made:
            connection.close()
            yield made
        connection.close()


@pytest.fixture(scope="module")
def public(role: str, django_db_blocker: Any) -> Iterator[str]:
    with django_db_blocker.unblock():
        with region_role(Readers.OPEN) as made:
            connection.close()
            yield made
        connection.close()


@pytest.fixture
def region(role: str, public: str, settings: Any) -> str:
    settings.REGION_DATABASE_ROLE, settings.OPEN_DATABASE_ROLE = role, public
    return role


def _whoami() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _narrowed(patterns: list[Any], within: str = "") -> Iterator[str]:
    """Names of all addresses behind a door of a region, or of released figures for everybody."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _narrowed(one.url_patterns, one.namespace or within)
        elif (door := getattr(one.callback, "door", None)) and (door.narrowed or door.kind == "region"):
            assert door.narrowed == (Readers.REGION if door.kind == "region" else Readers.OPEN), one.name
            yield f"{within}:{one.name}"


def _pages(tenant: UUID, note: UUID, report: UUID, made: UUID) -> list[tuple[str, list[Any], str]]:
    return [
        ("statistics:region", ["32"], ""),
        ("statistics:figures", ["32"], "?level=tenant"),
        ("statistics:figures", ["32"], "?view=time"),
        *(("statistics:figures_file", ["32", form], "") for form in ("csv", "xlsx", "pdf")),
        ("statistics:place", ["32", tenant], ""),
        ("statistics:place_file", ["32", tenant, "xlsx"], ""),
        ("statistics:open", [], ""),
        ("statistics:open_file", ["csv"], ""),
        ("statistics:indicators", [], ""),
        ("statistics:indicators_json", [], ""),
        ("region:rules", [], ""),
        ("region:releases", ["32"], ""),
        ("region:timeliness", ["32"], ""),
        ("region:tables", ["32"], ""),
        ("region:tables_file", ["32"], ""),
        ("region:notes", ["32"], ""),
        ("region:note", ["32", note], ""),
        ("region:close_note", ["32", note], ""),
        ("region:write_note", ["32"], ""),
        ("region:reports", ["32"], ""),
        ("region:report", ["32", report], ""),
        ("region:report_file", ["32", report, made], ""),
        ("region:save_report", ["32"], "?indicator=care_persons"),
        ("region:end_report", ["32", report], ""),
    ]


def test_every_page_of_a_region_is_opened_here_under_the_role() -> None:
    nobody = uuid4()
    opened = {name for name, _args, _query in _pages(nobody, nobody, nobody, nobody)}
    assert set(_narrowed(get_resolver().url_patterns)) == opened


def test_every_page_works_under_the_role_and_writes_what_an_analyst_may(
    region: str, sign_in: Callable[..., Client]
) -> None:
    tenants = released_country(AUGUST)
    analyst, own = sign_in("regional_analyst", voivodeship="32"), str(connection.settings_dict["USER"])

    def post(route: str, args: list[Any], query: str = "", **told: Any) -> None:
        answer = analyst.post(reverse(route, args=args) + query, told)
        assert answer.status_code == 302, answer.content.decode()
        assert _whoami() == own

    where = tenants[0].pk
    post("region:write_note", ["32"], tenant=where, topic="doubt", text="Skąd ten wzrost?")
    post("region:save_report", ["32"], "?indicator=care_persons", name="Osoby", schedule="month", form="xlsx")
    note, report = Note.objects.get(), SavedReport.objects.get()
    post("region:report", ["32", report.pk])
    for name, args, query in _pages(where, note.pk, report.pk, MadeReport.objects.get().pk):
        page = reverse(name, args=args) + query
        assert analyst.get(page).status_code == 200, page
        assert _whoami() == own, page
        if args == []:
            assert Client().get(page).status_code == 200, page
    for name in ("api_indicators", "api_figures"):
        page = reverse(f"statistics:{name}") + "?indicator=care_persons&level=county"
        assert Client().get(page).status_code == 200, page
    for name, said in (("region:note", {"text": "Proszę o słowo."}), ("region:close_note", {})):
        seen = analyst.get(reverse("region:close_note", args=["32", note.pk])).context["form"]["seen"]
        post(name, ["32", note.pk], seen=seen.value(), **said)
    note.refresh_from_db()
    assert (note.state, note.messages) == (Note.State.CLOSED, 2)
    # The clock makes reports under it too; this one has no newer release.
    assert make_reports() == 0
    post("region:end_report", ["32", report.pk])


def test_code_behind_the_door_cannot_open_a_tenant(
    region: str, alfa: Tenant, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault that no import shows: the page itself asks for what it must not see."""
    asked: dict[str, Callable[[], Any]] = {
        "persons": Person.objects.count,
        "keys": SigningSecret.objects.count,
        "facts": Fact.objects.count,
        "data keys": lambda: list(Tenant.objects.values_list("data_key")),
        "passwords": lambda: list(get_user_model().objects.values_list("password")),
        "what is released": lambda: ReleasedCell.objects.update(current=False),
    }
    refused: list[str] = []

    def look_around(_voivodeship: str) -> None:
        for name, ask in asked.items():
            # Of a schema that it may not use it does not even see the tables.
            with pytest.raises(ProgrammingError), transaction.atomic(), tenant_scope(alfa):
                ask()
            refused.append(name)

    monkeypatch.setattr(overview, "newest_month", look_around)
    analyst = sign_in("regional_analyst", voivodeship="32")
    assert analyst.get(REGION).status_code == 200
    assert refused == [*asked]


def test_code_of_an_open_page_sees_released_sums_and_nothing_of_anybody(
    region: str, alfa: Tenant, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an analyst's page may read or write, a page for everybody may not; of cells it sees no tenant's."""
    released_country(AUGUST)
    levels = set(ReleasedCell.objects.values_list("level", flat=True))
    assert "tenant" in levels
    cell, release = ReleasedCell.objects.all()[0], Release.objects.all()[0]
    asked: dict[str, Callable[[], Any]] = {
        "persons": Person.objects.count,
        "facts": Fact.objects.count,
        "mails": lambda: list(get_user_model().objects.values_list("email")),
        "tenants": lambda: list(Tenant.objects.values_list("name")),
        "memberships": Membership.objects.count,
        "notes": Note.objects.count,
        "reports": SavedReport.objects.count,
        "who released": lambda: list(Release.objects.values_list("released_by_name")),
        "record": lambda: list(Entry.objects.values_list("hash")),
        "writing a cell": lambda: ReleasedCell(release=release, level="county").save(force_insert=True),
        "changing a cell": lambda: ReleasedCell.objects.filter(pk=cell.pk).update(current=False),
        "a note": lambda: Note(tenant=alfa).save(force_insert=True),
    }
    refused: list[str] = []

    def look_around(*_args: Any, **_told: Any) -> None:
        for name, ask in asked.items():
            with pytest.raises(ProgrammingError), transaction.atomic(), tenant_scope(alfa):
                ask()
            refused.append(name)
        assert set(ReleasedCell.objects.values_list("level", flat=True)) == levels - {"tenant"}
        raise Http404

    monkeypatch.setattr(open_pages, "show_figures", look_around)
    for client in (Client(), sign_in("director", alfa), sign_in("regional_analyst", voivodeship="32")):
        refused.clear()
        assert client.get(reverse("statistics:open")).status_code == 404
        assert refused == [*asked]
    monkeypatch.setattr(reading, "read_cut", look_around)
    refused.clear()
    page = reverse("statistics:api_figures") + "?indicator=care_persons&level=county"
    assert Client().get(page).status_code == 404
    assert refused == [*asked]


def test_an_open_page_says_who_is_signed_in_and_where_they_work(
    region: str, alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    page = sign_in("director", alfa).get(reverse("statistics:open")).content.decode()
    assert alfa.name in page


def test_without_a_role_of_their_own_open_pages_take_the_regions(region: str, settings: Any) -> None:
    settings.OPEN_DATABASE_ROLE = ""
    with in_open_role():
        assert _whoami() == region
    assert _told(Readers.OPEN)[0] == "doubt" and "memberships" in _told(Readers.OPEN)[1]
    settings.OPEN_DATABASE_ROLE = "role_that_nobody_made"
    assert Client().get(reverse("statistics:open")).status_code == 503
    assert Client().get(reverse("statistics:api_figures")).status_code == 503
    assert _told(Readers.OPEN)[0] == "fault" and "shut" in _told(Readers.OPEN)[1]


def test_the_doctor_sees_rows_too_many_or_too_few(region: str, public: str) -> None:
    assert _told(Readers.OPEN)[0] == "well" and public in _told(Readers.OPEN)[1]
    table = ReleasedCell._meta.db_table
    for statement in (
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"CREATE POLICY everything ON {table} TO {public} USING (true)",
        f"CREATE POLICY everything ON {table} TO PUBLIC USING (true)",
        f"DROP POLICY rows_for_open ON {table}",
        f"GRANT INSERT ON {table} TO {public}",
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert _told(Readers.OPEN)[0] == "fault" and table in _told(Readers.OPEN)[1], statement
            transaction.set_rollback(True)


def test_one_role_is_not_given_to_both(region: str, settings: Any) -> None:
    settings.OPEN_DATABASE_ROLE = region
    with pytest.raises(CommandError, match="name two"):
        call_command("grant_region_role")


def test_without_the_role_the_pages_are_shut_and_tenants_go_on(
    alfa: Tenant, sign_in: Callable[..., Client], settings: Any
) -> None:
    settings.REGION_DATABASE_ROLE = "role_that_nobody_made"
    assert sign_in("regional_analyst", voivodeship="32").get(REGION).status_code == 503
    assert Client().get(reverse("statistics:open")).status_code == 503
    assert Client().get(reverse("statistics:api_indicators")).status_code == 503
    assert sign_in("director", alfa).get("/alfa/").status_code == 200


def test_a_page_that_fails_gives_the_role_back(region: str) -> None:
    before = _whoami()
    seen = []

    def fail() -> None:
        with in_region_role():
            seen.append(_whoami())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert (seen, _whoami()) == ([region], before)
    with in_region_role(), in_region_role():
        pass
    assert _whoami() == before


def _told(readers: Readers = Readers.REGION) -> tuple[str, str]:
    return next((one.grade, one.sentence) for one in narrow_role(readers))


def test_the_doctor_says_whether_the_role_is_on(region: str, settings: Any) -> None:
    assert _told()[0] == "well" and region in _told()[1]
    for grant, word in (
        ("GRANT SELECT (persons) ON statistics_fact TO", "statistics_fact"),
        ("REVOKE SELECT ON statistics_release FROM", "statistics_release"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{grant} {region}")
            assert _told()[0] == "fault" and word in _told()[1]
            transaction.set_rollback(True)
    settings.REGION_DATABASE_ROLE = "role_that_nobody_made"
    assert _told()[0] == "fault" and "shut" in _told()[1]
    settings.REGION_DATABASE_ROLE = ""
    assert _told()[0] == "doubt"
    settings.LOCAL = False
    assert _told()[0] == "fault" and "owns tenants' tables" in _told()[1]


@pytest.mark.parametrize(
    ("verbs", "table"),
    [
        ("SELECT (persons)", "statistics_fact"),
        ("UPDATE, DELETE", "statistics_releasedcell"),
        ("UPDATE (figures)", "statistics_releasedcell"),
        ("INSERT", "statistics_releasedcell"),
        ("INSERT (figures)", "statistics_releasedcell"),
        ("DELETE", "statistics_note"),
        ("TRUNCATE", "statistics_note"),
        ("UPDATE (text)", "statistics_notemessage"),
        ("REFERENCES (id)", "statistics_release"),
        ("TRIGGER", "statistics_release"),
    ],
)
def test_no_right_too_many_is_overlooked_and_the_command_takes_it_back(
    region: str, verbs: str, table: str
) -> None:
    assert roles.needless_rights(region) == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"GRANT {verbs} ON {table} TO {region}")
        assert roles.needless_rights(region) == [table]
        assert _told()[0] == "fault" and table in _told()[1]
        roles.grant_rights(region)
        assert roles.needless_rights(region) == [] and roles.missing_rights(region) == []
        transaction.set_rollback(True)


def test_a_role_that_opens_tenants_is_not_taken_for_one(region: str, alfa: Tenant, settings: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'GRANT USAGE ON SCHEMA "{alfa.schema_name}" TO {region}')
        assert _told()[0] == "fault" and "schemas of tenants" in _told()[1]
        with pytest.raises(CommandError, match="could open schemas of tenants"):
            call_command("grant_region_role")
        transaction.set_rollback(True)
    settings.REGION_DATABASE_ROLE = str(connection.settings_dict["USER"])
    assert _told()[0] == "fault"


def test_the_command_takes_back_what_nobody_needs(role: str, settings: Any) -> None:
    settings.REGION_DATABASE_ROLE, settings.OPEN_DATABASE_ROLE = role, ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON statistics_fact TO {role}")
        assert roles.needless_rights(role) == ["statistics_fact"]
        call_command("grant_region_role", verbosity=0)
        assert roles.needless_rights(role) == [] and roles.missing_rights(role) == []
        transaction.set_rollback(True)


def test_a_missing_role_is_made_only_by_who_may(settings: Any) -> None:
    with as_superuser() as superuser:
        name = f"maker_of_{connection.settings_dict['NAME']}"
        settings.REGION_DATABASE_ROLE = f"made_by_{name}"
        superuser.execute(f"CREATE ROLE {name} NOLOGIN")
        superuser.execute(f"GRANT {name} TO {connection.settings_dict['USER']}")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {name}")
                with pytest.raises(CommandError, match=r"infra/region_role\.sql"):
                    call_command("grant_region_role")
                transaction.set_rollback(True)
            superuser.execute(f"ALTER ROLE {name} CREATEROLE")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {name}")
                assert roles.make_role(settings.REGION_DATABASE_ROLE) is True
                assert roles.make_role(settings.REGION_DATABASE_ROLE) is False
                assert roles.is_there(settings.REGION_DATABASE_ROLE)
                transaction.set_rollback(True)
        finally:
            superuser.execute(f"DROP ROLE {name}")
