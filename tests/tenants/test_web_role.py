"""The role of web servers: rows only, of the record new ones only, and no way to more; who needs it whole says so."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import web_role as roles
from kernel.region_role import in_region_role
from kernel.region_role import make_role as make_region_role
from kernel.tenancy import tenant_scope
from tenants import provisioning
from tenants.archives.reading import schema_beside
from tenants.doctor.roles import role_of_web
from tenants.models import SchemaScript, Tenant
from tests.citus import not_on_shards
from tests.copies import address_of_database
from tests.region_role import as_superuser
from tests.tenants.test_provisioning import shape
from tests.web_role import under

pytestmark = pytest.mark.django_db
NOTHING = roles.Wrong((), (), (), ())


@pytest.fixture(scope="module")
def role(served_as: str) -> str:
    return served_as


def _whoami() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _refused(statement: str) -> bool:
    """Whether PostgreSQL refuses it for want of a right; whatever it did is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        return True
    return False


ON_RECORD = [
    "UPDATE {0}audit_entry SET verb = 'other'",
    "UPDATE {0}audit_entry SET payload = NULL WHERE false",
    "DELETE FROM {0}audit_entry",
    "TRUNCATE {0}audit_entry",
    "ALTER TABLE {0}audit_entry ADD COLUMN more text",
    "ALTER TABLE {0}audit_entry DISABLE TRIGGER ALL",
    "DROP TABLE {0}audit_entry",
    "CREATE INDEX ON {0}audit_entry (verb)",
    "LOCK TABLE {0}audit_entry IN ACCESS EXCLUSIVE MODE",
    "UPDATE {0}audit_reading SET page = 'other'",
    "DELETE FROM {0}audit_reading",
    "UPDATE {0}django_migrations SET name = name",
    "INSERT INTO {0}django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "CREATE TABLE {0}mine (id int)",
    "CREATE VIEW {0}mine AS SELECT 1",
    "CREATE FUNCTION {0}mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
]


@pytest.mark.parametrize("statement", ON_RECORD)
@pytest.mark.parametrize("place", ["public", "tenant"])
def test_the_record_and_tables_are_out_of_reach(role: str, alfa: Tenant, place: str, statement: str) -> None:
    asked = statement.format("public." if place == "public" else f'"{alfa.schema_name}".')
    if "TRIGGER ALL" not in asked:
        assert not _refused(asked), "the owner may, so the refusal is the role's"
    with under(role):
        assert _refused(asked)
    assert _whoami() == connection.settings_dict["USER"]


KEPT = [
    "DELETE FROM tenders_sealedoffer",
    "DELETE FROM tenders_openedoffer",
    "UPDATE tenders_openedoffer SET content = '{}'",
    "DELETE FROM tenders_unreadableoffer",
    "DELETE FROM tenders_callkey",
    "DELETE FROM tenders_recoverykey",
    "DELETE FROM statistics_factsbatch",
    "DELETE FROM statistics_fact",
    "DELETE FROM statistics_releasedcell",
    "DELETE FROM statistics_signingkey WHERE false",
    "DELETE FROM statistics_signingsecret",
    "UPDATE statistics_signingsecret SET wrapped = wrapped",
    "DELETE FROM statistics_release",
    "UPDATE statistics_release SET number = 1",
]


@pytest.mark.parametrize("statement", KEPT)
def test_what_was_handed_in_sent_and_released_stays(role: str, in_alfa: Tenant, statement: str) -> None:
    assert not _refused(statement)
    with under(role):
        assert _refused(statement)


def test_schemas_and_roles_are_out_of_reach(role: str, alfa: Tenant) -> None:
    with under(role):
        for statement in (
            "CREATE SCHEMA t_0123456789abcdef01234567",
            f'DROP SCHEMA "{alfa.schema_name}" CASCADE',
            f'ALTER SCHEMA "{alfa.schema_name}" RENAME TO t_other',
            f'ALTER TABLE "{alfa.schema_name}".care_person RENAME TO other',
            f'TRUNCATE "{alfa.schema_name}".care_person',
            "TRUNCATE public.tenants_tenant CASCADE",
            "DROP TABLE public.tenants_tenant",
            "UPDATE public.tenants_schemascript SET statements = '[\"DROP TABLE audit_entry\"]'",
            "DELETE FROM public.tenants_schemascript",
            f"CREATE ROLE more_{role}",
            f"ALTER ROLE {role} SUPERUSER",
            f"GRANT {connection.settings_dict['USER']} TO {role}",
        ):
            assert _refused(statement), statement
        with connection.cursor() as cursor:
            # Of who may nothing with it but read and add, PostgreSQL takes it with a warning and does nothing.
            cursor.execute(f"GRANT UPDATE ON public.audit_entry TO {role}")
    assert roles.look(role) == NOTHING


def test_it_reads_and_writes_rows_and_makes_temporary_tables(role: str, alfa: Tenant) -> None:
    with under(role), tenant_scope(alfa), transaction.atomic(), connection.cursor() as cursor:
        assert _whoami() == role
        cursor.execute("CREATE TEMPORARY TABLE brought (id int) ON COMMIT DROP")
        cursor.execute("DELETE FROM care_person")
        cursor.execute("SELECT count(*) FROM audit_entry")
        transaction.set_rollback(True)


def test_pages_of_regions_give_back_the_role_that_they_found(
    role: str, django_db_blocker: Any, settings: Any
) -> None:
    narrow = f"narrower_than_{role}"
    with as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE {narrow} NOLOGIN")
        superuser.execute(f"GRANT {narrow} TO {connection.settings_dict['USER']}")
    try:
        settings.REGION_DATABASE_ROLE = narrow
        with under(role), transaction.atomic():
            with in_region_role():
                assert _whoami() == narrow
            assert _whoami() == role
        assert _whoami() == connection.settings_dict["USER"]
    finally:
        with as_superuser() as superuser:
            superuser.execute(f"DROP ROLE {narrow}")


def _told() -> tuple[str, str]:
    return next((one.grade, one.sentence) for one in role_of_web())


def test_the_doctor_says_whether_it_is_on_and_the_command_puts_it_right(
    role: str, alfa: Tenant, settings: Any
) -> None:
    assert _told()[0] == "well" and role in _told()[1]
    for statement, word in (
        (f'GRANT UPDATE (verb) ON "{alfa.schema_name}".audit_entry TO {role}', "audit_entry"),
        (f"GRANT TRUNCATE ON public.accounts_user TO {role}", "accounts_user"),
        (f"GRANT INSERT ON public.tenants_schemascript TO {role}", "tenants_schemascript"),
        (f'REVOKE DELETE ON "{alfa.schema_name}".care_person FROM {role}', "care_person"),
        (f'REVOKE USAGE ON SCHEMA "{alfa.schema_name}" FROM {role}', alfa.schema_name),
        (f"DROP FUNCTION {provisioning._FUNCTION}(text)", "new tenant"),
        ("ALTER TABLE public.accounts_user ENABLE ROW LEVEL SECURITY", "accounts_user"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert _told()[0] == "fault" and word in _told()[1], statement
            call_command("grant_web_role", verbosity=0)
            assert _told()[0] == "well", statement
            transaction.set_rollback(True)
    for statement, word in (
        (f'GRANT CREATE ON SCHEMA "{alfa.schema_name}" TO {role}', "may make tables"),
        (f"GRANT CREATE ON DATABASE {connection.settings_dict['NAME']} TO {role}", "may make schemas"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert _told()[0] == "fault" and word in _told()[1], statement
            with pytest.raises(CommandError, match=word):
                call_command("grant_web_role", verbosity=0)
            transaction.set_rollback(True)
    settings.WEB_DATABASE_ROLE = str(connection.settings_dict["USER"])
    assert _told()[0] == "fault" and "owns tables" in _told()[1]
    with pytest.raises(CommandError, match="owns tables"):
        call_command("grant_web_role", verbosity=0)
    settings.WEB_DATABASE_ROLE = "role_that_nobody_made"
    assert _told()[0] == "fault" and "do not serve" in _told()[1]
    settings.WEB_DATABASE_ROLE = ""
    assert _told()[0] == "doubt"
    settings.LOCAL = False
    assert _told()[0] == "fault" and "owns all tables" in _told()[1]


SZCZECIN = {
    "name": "Miasto Szczecin", "slug": "szczecin", "kind": "city", "territory": "3262011",
    "unit_type": "MOPR", "unit_name": "MOPR w Szczecinie", "population": "391000",
}  # fmt: skip


def test_a_new_tenant_is_made_whole_and_nothing_else_can_be(
    role: str, sign_in: Callable[..., Any], alfa: Tenant
) -> None:
    client = sign_in("platform_operator")
    with CaptureQueriesContext(connection) as asked:
        assert client.post(reverse("operator:create_tenant"), SZCZECIN).status_code == 302
    assert [one for one in asked if "make_tenant_schema" in one["sql"]], "no way of the owner's was open"
    made = Tenant.objects.get(slug="szczecin")
    assert shape(made.schema_name) == shape(alfa.schema_name)
    assert roles.look(role) == NOTHING
    with under(role):
        for name in (made.schema_name, "public", "t_0123456789abcdef01234567", "pg_temp"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT public.make_tenant_schema(%s)", [name])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = %s", [made.schema_name]
        )
        assert cursor.fetchone() == (connection.settings_dict["USER"],)


@pytest.mark.parametrize("when", ["before it asks", "while it asks"])
def test_while_a_version_is_put_in_place_a_web_server_makes_no_tenant(
    role: str, alfa: Tenant, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    # As in a web server of the version before, which has made tenants.
    remembered = provisioning.statements()
    SchemaScript.objects.update(fingerprint="of the newer version")
    if when == "while it asks":
        monkeypatch.setattr(provisioning, "statements", lambda: remembered)
    answer = sign_in("platform_operator").post(reverse("operator:create_tenant"), SZCZECIN)
    assert answer.status_code == 422 and "wdrażanie nowej wersji" in answer.content.decode()
    assert not Tenant.objects.filter(slug="szczecin").exists()


def test_a_new_table_comes_along(role: str, alfa: Tenant) -> None:
    schema = alfa.schema_name
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{schema}".later (id int)')
    assert roles.look(role).missing == (f"{schema}.later",)
    roles.grant_schema(schema)
    assert roles.look(role) == NOTHING


def test_what_is_shared_serves_while_a_tenant_cannot_be_migrated(
    role: str, beta: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        # Its tables are there already.
        cursor.execute(f"DELETE FROM \"{beta.schema_name}\".django_migrations WHERE app = 'exchange'")
        cursor.execute(f"REVOKE ALL ON public.accounts_user FROM {role}")
    Tenant.objects.filter(pk=beta.pk).update(migrated_to="")
    monkeypatch.setattr("tenants.management.commands.prepare.wait_for_database", lambda **_options: False)
    with pytest.raises(CommandError, match="1 tenants were not migrated"):
        call_command("prepare", verbosity=0)
    assert roles.look(role) == NOTHING


def test_shared_tables_are_granted_before_any_tenant_is_migrated(
    role: str, alfa: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON public.accounts_user FROM {role}")
    of_command = "tenants.management.commands.migrate_tenants"
    monkeypatch.setattr(f"{of_command}.shared_is_behind", lambda: True)
    found: list[roles.Wrong] = []
    monkeypatch.setattr(
        f"{of_command}.migrate_tenants", lambda _workers: found.append(roles.look(role)) or []
    )
    call_command("migrate_tenants", verbosity=0)
    assert found == [NOTHING]


def test_what_a_restoration_has_set_aside_stays_shut(role: str, alfa: Tenant, beta: Tenant) -> None:
    """Also where it was set aside by a shell that knew of no role, and where a row claims to be its tenant."""
    kept = schema_beside(alfa.schema_name, "k")
    asks = f'SELECT FROM "{kept}".care_person'
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER SCHEMA "{alfa.schema_name}" RENAME TO "{kept}"')
    assert roles.look(role) == replace(NOTHING, set_aside=(kept,))
    assert _told() == ("fault", f"The role {role} opens what restorations have set aside: {kept}.")
    for _time in range(2):
        call_command("grant_web_role", verbosity=0)
        assert roles.look(role) == NOTHING
        with under(role):
            assert _refused(asks)
    Tenant.objects.filter(pk=beta.pk).update(schema_name=kept)
    call_command("grant_web_role", verbosity=0)
    with under(role):
        assert _refused(asks)


def test_who_may_makes_it_and_lets_it_sign_in(role: str, settings: Any) -> None:
    with as_superuser() as superuser:
        name = f"web_maker_of_{connection.settings_dict['NAME']}"
        settings.WEB_DATABASE_ROLE, settings.WEB_DATABASE_PASSWORD = (
            f"made_by_{name}",
            "a passphrase of tests",
        )
        superuser.execute(f"CREATE ROLE {name} NOLOGIN")
        superuser.execute(f"GRANT {name} TO {connection.settings_dict['USER']}")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {name}")
                with pytest.raises(CommandError, match=r"infra/web_role\.sql"):
                    call_command("grant_web_role")
                transaction.set_rollback(True)
            superuser.execute(f"ALTER ROLE {name} CREATEROLE")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {name}")
                settings.REGION_DATABASE_ROLE = f"region_by_{name}"
                assert make_region_role(settings.REGION_DATABASE_ROLE) is True
                call_command("grant_web_role", make_only=True, verbosity=0)
                call_command("grant_web_role", make_only=True, verbosity=0)
                cursor.execute(
                    "SELECT rolcanlogin, rolsuper, rolcreaterole, pg_has_role(rolname, %s, 'SET'),"
                    " pg_has_role(rolname, %s, 'USAGE') FROM pg_roles WHERE rolname = %s",
                    [
                        settings.REGION_DATABASE_ROLE,
                        settings.REGION_DATABASE_ROLE,
                        settings.WEB_DATABASE_ROLE,
                    ],
                )
                assert cursor.fetchone() == (True, False, False, True, False)
                transaction.set_rollback(True)
        finally:
            superuser.execute(f"DROP ROLE {name}")


@contextmanager
def _working_as(name: str) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {name}")
        yield
        transaction.set_rollback(True)


@not_on_shards("the role must be one that signs in, from the beginning")
def test_who_may_make_no_roles_goes_on_with_one_that_signs_in(role: str, settings: Any) -> None:
    told = StringIO()
    settings.WEB_DATABASE_PASSWORD = "another passphrase of tests"
    grant = partial(call_command, "grant_web_role", make_only=True, verbosity=0, stderr=told)
    with as_superuser() as superuser:
        name, narrow = f"no_maker_of_{role}", f"narrow_for_{role}"
        superuser.execute(f"CREATE ROLE {name} NOLOGIN")
        superuser.execute(f"CREATE ROLE {narrow} NOLOGIN")
        superuser.execute(f"GRANT {name} TO {connection.settings_dict['USER']}")
        superuser.execute(f"GRANT {role} TO {name} WITH INHERIT FALSE, SET TRUE")
        try:
            # Whoever may make roles may still not change one that others made.
            for may in ("NOCREATEROLE", "CREATEROLE"):
                superuser.execute(f"ALTER ROLE {name} {may}")
                with _working_as(name), pytest.raises(CommandError, match=f"ALTER ROLE {role} LOGIN"):
                    grant()
                assert told.getvalue() == ""
                superuser.execute(f"ALTER ROLE {role} LOGIN PASSWORD 'a passphrase of tests'")
                with _working_as(name):
                    grant()
                assert "keeps its password" in told.getvalue()
                settings.REGION_DATABASE_ROLE = narrow
                with _working_as(name), pytest.raises(CommandError, match=f"GRANT {narrow} TO {role} "):
                    grant()
                settings.REGION_DATABASE_ROLE = ""
                superuser.execute(f"ALTER ROLE {role} NOLOGIN PASSWORD NULL")
                told.truncate(told.seek(0))
        finally:
            superuser.execute(f"ALTER ROLE {role} NOLOGIN PASSWORD NULL")
            superuser.execute(f"REVOKE {role} FROM {name}")
            superuser.execute(f"DROP ROLE {name}, {narrow}")


def test_signed_in_by_itself_it_has_no_way_to_the_owner(role: str) -> None:
    """The stronger form: what is injected finds no other role behind it, whatever it resets."""
    told = connection.settings_dict
    with as_superuser() as superuser:
        password = "a passphrase of tests"
        superuser.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{password}'")
        narrow = f"narrow_for_{role}"
        superuser.execute(f"CREATE ROLE {narrow} NOLOGIN")
        superuser.execute(f"GRANT {narrow} TO {role} WITH INHERIT FALSE, SET TRUE")
        try:
            assert [one.grade for one in role_of_web()] == ["well"]
            with psycopg.connect(
                host=told["HOST"], port=told["PORT"] or None, dbname=told["NAME"], user=role, password=password,
                autocommit=True,
            ) as web:  # fmt: skip
                for given_up in (
                    "RESET ROLE",
                    "SET ROLE NONE",
                    "RESET ALL",
                    "DISCARD ALL",
                    "RESET SESSION AUTHORIZATION",
                ):
                    web.execute(given_up)  # type: ignore[arg-type]
                    assert web.execute("SELECT session_user, current_user").fetchone() == (role, role)
                # Pages of regions take theirs for a transaction, and it ends where it began.
                with web.transaction():
                    web.execute("SELECT set_config('role', %s, true)", [narrow])
                    assert web.execute("SELECT current_user").fetchone() == (narrow,)
                assert web.execute("SELECT current_user").fetchone() == (role,)
                for statement in (
                    f"SET ROLE {told['USER']}",
                    f"SET SESSION AUTHORIZATION {told['USER']}",
                    "CREATE SCHEMA t_0123456789abcdef01234567",
                    "DELETE FROM public.audit_entry",
                ):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        web.execute(statement)  # type: ignore[arg-type]
        finally:
            superuser.execute(f"ALTER ROLE {role} NOLOGIN PASSWORD NULL")
            superuser.execute(f"DROP ROLE {narrow}")
    assert [one.grade for one in role_of_web()] == ["well", "doubt"]


def test_a_web_server_works_under_it_on_every_connection(role: str) -> None:
    code = (
        "from config.wsgi import application; from django.db import connection\n"
        "for _time in range(2):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT current_user'); print(cursor.fetchone()[0])\n"
        "    connection.close()\n"
    )
    assert _in_web_server(code, role).split() == [role, role]


def test_a_web_server_that_cannot_take_it_serves_nobody(role: str) -> None:
    code = (
        "from config.wsgi import application; from django.test import Client; from django.urls import reverse\n"
        "client = Client(headers={'host': 'localhost'}, raise_request_exception=False)\n"
        "print([client.get(page).status_code for page in (reverse('statistics:open'), '/health/ready/', '/health/live/')])\n"
    )
    assert _in_web_server(code, role).strip() == "[200, 200, 200]"
    assert _in_web_server(code, "role_that_nobody_made").strip() == "[503, 503, 200]"


def _in_web_server(code: str, role: str) -> str:
    """What it prints in a process of its own, since this one goes on as the owner."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=configured.ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local", "DATABASE_URL": address_of_database(),
             "WEB_DATABASE_ROLE": role},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
