"""What is wrong with an installation, part by part, in sentences that say what to do; it changes nothing that stays."""

import secrets
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import Error, connection
from django.db.models import Max
from django.utils import timezone

from audit.storage import checkpoint_store
from documents.storage import probe_store
from kernel import heartbeat, keeper
from kernel.backup import noted
from kernel.errors import DomainError
from kernel.health import redis_server
from kernel.region_role import Readers
from kernel.tenancy import public_scope
from kernel.texts import catalogue_paths
from tenants.doctor.erasures import erased_tenants
from tenants.doctor.findings import Finding, doubt, fault, well
from tenants.doctor.keys import look_at_former_keys, look_at_master_keys
from tenants.doctor.roles import narrow_role, role_of_web
from tenants.doctor.scanner import look_at_scanner
from tenants.doctor.server_log import log_of_server
from tenants.migrating import behind, shared_is_behind
from tenants.models import Tenant, Territory

_POSTGRESQL = 18
_SKEW_SECONDS = 5
_HEARTBEAT_SECONDS = 180
_TASKS = 1000
# What infra/backup.py notes, what it is, and how old it may be.
_REACHED = (
    ("segments", "segment of the write-ahead log", timedelta(minutes=10)),
    ("base", "base backup", timedelta(hours=26)),
    ("copies", "copy of files", timedelta(hours=1)),
)

# What apps above look at in these tenants, whose tables are as the code wants them.
TenantsLook = Callable[[list[Tenant]], Iterator[Finding]]
_TENANTS_LOOKS: list[TenantsLook] = []


def look_at_tenants_too(look: TenantsLook) -> None:
    """Let an app above look at what it does in tenants; called once at start. The same function twice counts once."""
    if look not in _TENANTS_LOOKS:
        _TENANTS_LOOKS.append(look)


def _database() -> Iterator[Finding]:
    part, given = "database", connection.settings_dict
    place = f"{given['HOST'] or 'the local socket'}:{given['PORT'] or 5432}, database {given['NAME']}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_version'), now(), rolsuper"
                " FROM pg_roles WHERE rolname = current_user"
            )
            number, version, moment, is_superuser = cursor.fetchone()
    except Error:
        connection.close()
        yield fault(
            part,
            f"No database answers at {place}.",
            "Start PostgreSQL, or put DATABASE_URL right, and look again.",
        )
        return
    if number < _POSTGRESQL * 10_000:
        yield fault(
            part,
            f"PostgreSQL {version} answers at {place}; {_POSTGRESQL} or newer is needed.",
            f"Move the data to PostgreSQL {_POSTGRESQL}.",
        )
    else:
        yield well(part, f"PostgreSQL {version} answers at {place}.")
    if is_superuser:
        yield doubt(
            part,
            "The product's role is a superuser, so a fault of the product could do anything to the server.",
            "Make a role that owns the database only, and name it in DATABASE_URL.",
        )
    skew = abs((timezone.now() - moment).total_seconds())
    if skew > _SKEW_SECONDS:
        yield fault(
            "clock of the machine",
            f"The clocks of this machine and of the database differ by {skew:.0f} seconds.",
            "Let both follow a time server; deadlines of calls depend on it.",
        )
    yield from log_of_server()
    yield from _schemas()
    yield from role_of_web()
    for readers in Readers:
        yield from narrow_role(readers)


def _schemas() -> Iterator[Finding]:
    part = "tables"
    if shared_is_behind():
        yield fault(part, "The shared tables are behind the code.", "Run manage.py prepare.")
        return
    with public_scope():
        late = {tenant.pk for tenant in behind()}
        tenants = list(Tenant.objects.present().order_by("slug"))
        register = Territory.objects.aggregate(day=Max("as_of"))["day"]
    if late:
        yield fault(
            part,
            f"{len(late)} of {len(tenants)} tenants are behind the code.",
            "Run manage.py migrate_tenants.",
        )
    else:
        yield well(
            part, f"Shared tables and the tables of all tenants ({len(tenants)}) are as the code wants them."
        )
    for tenant in tenants:
        if tenant.migration_error:
            yield fault(
                part,
                f"The tenant {tenant.slug} could not be migrated ({tenant.migration_error}).",
                "Run manage.py migrate_tenants --list.",
            )
    yield from erased_tenants(tenants)
    for look in _TENANTS_LOOKS:
        yield from look([tenant for tenant in tenants if tenant.pk not in late])
    if register is None:
        yield fault(part, "No register of territories is loaded.", "Run manage.py load_territories.")
    yield from look_at_master_keys()
    yield from look_at_former_keys()


def _queue() -> Iterator[Finding]:
    part, place = "queue", _place_of(settings.REDIS_URL)
    try:
        waiting, policy, age = (
            heartbeat.tasks_waiting(),
            heartbeat.eviction_policy(),
            heartbeat.seconds_since(),
        )
    except (redis.RedisError, OSError):
        yield fault(
            part, f"No Redis answers at {place}.", "Start Redis, or put REDIS_URL right, and look again."
        )
        return
    yield well(part, f"Redis answers at {place}.")
    if policy not in {None, "noeviction"}:
        yield fault(
            part,
            f"Redis throws out what it keeps when its memory is full (maxmemory-policy {policy}): tasks would be lost.",
            "Set maxmemory-policy to noeviction.",
        )
    if waiting > _TASKS:
        yield doubt(
            part, f"{waiting} tasks wait in the queue.", "Start more workers, or look why they are slow."
        )
    part = "clock and workers"
    if age is None:
        yield fault(
            part,
            "No worker has ever done an errand of the clock.",
            "Start a Celery worker and Celery beat (one).",
        )
    elif age > _HEARTBEAT_SECONDS:
        yield fault(
            part,
            f"No worker has done an errand of the clock for {age / 60:.0f} minutes (one comes each minute).",
            "Look whether Celery beat and a worker run, and at what the worker is doing.",
        )
    else:
        yield well(part, f"A worker did an errand of the clock {age:.0f} seconds ago.")


def _backups() -> Iterator[Finding]:
    part = "backup of the cluster"
    if settings.BACKUPS == "provider":
        yield well(part, "The provider of the database backs it up: look at its console when it last did.")
    elif settings.BACKUPS == "own":
        yield from _own_backups(part)
    elif settings.BACKUPS == "archiver":
        yield from _archiver(part)
    else:
        yield (doubt if settings.LOCAL else fault)(
            part,
            "Nobody is named who backs the whole cluster up.",
            "Let infra/backup.py run, or the provider, or another tool, and say which in BACKUPS.",
        )


def _own_backups(part: str) -> Iterator[Finding]:
    remedy = "Look whether `infra/backup.py run` runs, and at its log."
    try:
        with redis_server() as server:
            reached, missing = noted.noted(server) or {}, noted.missing(server)
            versions = noted.old_versions(server)
    except (redis.RedisError, OSError):
        yield doubt(part, "What has been reached is noted in Redis, which does not answer.", "Start Redis.")
        return
    for kind, what, most in _REACHED:
        if kind not in reached:
            yield fault(part, f"No {what} was ever kept.", remedy)
        elif (age := timezone.now() - reached[kind]) > most:
            yield fault(part, f"The last {what} was kept {age.total_seconds() / 3600:.1f} hours ago.", remedy)
        else:
            yield well(part, f"The last {what} was kept {age.total_seconds() / 60:.0f} minutes ago.")
    if versions == "unknown":
        yield doubt(
            part,
            "The bucket of backups does not say whether it keeps old versions, and for how long.",
            "Let infra/backup.py ask for its versioning and its lifecycle rules; the log of it names the cause.",
        )
    elif versions:
        yield doubt(
            part,
            "The bucket of backups keeps old versions for ever: what was forgotten or erased is still there.",
            "Give it a lifecycle rule that removes old versions after BACKUP_DAYS, and unfinished uploads after 7.",
        )
    if missing:
        yield doubt(
            part,
            f"The write-ahead log has a gap ({missing}): until the next base backup after it no moment is reached.",
            "`infra/backup.py list` shows gaps and base backups; a new one was taken at once. It goes with its days.",
        )


def _archiver(part: str) -> Iterator[Finding]:
    remedy = "Look at archive_command and at the log of PostgreSQL."
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('archive_mode'), last_archived_time, last_failed_time FROM pg_stat_archiver"
            )
            mode, kept, failed = cursor.fetchone()
    except Error:
        connection.close()
        return
    if mode == "off":
        yield fault(part, "BACKUPS names PostgreSQL's own archiving, which is off (archive_mode).", remedy)
    elif failed and (kept is None or failed > kept):
        yield fault(part, f"Archiving has failed since {failed:%Y-%m-%d %H:%M} UTC.", remedy)
    elif kept is None or timezone.now() - kept > _REACHED[0][2] + timedelta(hours=1):
        told = f"since {kept:%Y-%m-%d %H:%M} UTC" if kept else "yet"
        yield doubt(
            part, f"No segment was archived {told}.", "Set archive_timeout, so that one ends in time."
        )
    else:
        yield well(part, f"The last segment was archived at {kept:%Y-%m-%d %H:%M} UTC.")


def _place_of(url: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"


def _files() -> Iterator[Finding]:
    part = "store of files"
    try:
        probed = probe_store()
    except DomainError as error:
        yield fault(
            part,
            f"The store of files does not do its work ({error.code}).",
            "Look at S3_BUCKET, S3_ENDPOINT_URL and the keys; the log names the cause.",
        )
        return
    yield well(part, f"The store of files ({probed.place}) took a file, gave it back and deleted it.")
    if probed.keeps_versions is None:
        yield doubt(
            part,
            "Files lie in a folder of this machine.",
            "Name a bucket in S3_BUCKET before more machines serve.",
        )
    elif not probed.keeps_versions:
        yield doubt(
            part, "The bucket keeps no versions.", "Turn versioning on, so that a deleted file can come back."
        )


def _checkpoints() -> Iterator[Finding]:
    part = "store of checkpoints"
    try:
        locks = checkpoint_store().locks()
    except DomainError as error:
        yield fault(
            part,
            f"The store of checkpoints does not say whether it locks them ({error.code}).",
            "Look at CHECKPOINTS_BUCKET and the keys; who signs in there must be allowed to ask for its object lock.",
        )
        return
    if locks:
        yield well(part, "The store of checkpoints keeps each of them from everybody for its term.")
    else:
        yield doubt(
            part,
            "The store of checkpoints locks nothing: whoever owns it can remove the newest with what they tell of.",
            "Give CHECKPOINTS_BUCKET object lock with a term, in a store that knows it (infra/make_bucket.py asks).",
        )


def _keeper() -> Iterator[Finding]:
    part, secret, context = "key of sealed offers", secrets.token_bytes(32), {"purpose": "probe"}
    try:
        opened = keeper.unwrap(keeper.wrap(secret, context), context) == secret
    except (DomainError, ImproperlyConfigured) as error:
        yield fault(part, str(error), "Look at SEAL_KMS_KEY_ID or SEAL_KEY_FILE.")
        return
    if not opened:
        yield fault(
            part, "The keeper gave another secret back.", "Stop calls from opening and look at the keeper."
        )
        return
    yield well(part, f"The keeper ({keeper.present_keeper().name}) wraps and opens a secret.")


def _mail() -> Iterator[Finding]:
    part, place = "mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield doubt(part, "Mail is kept here and not sent.", "Use the settings of production to send it.")
        return
    try:
        with closing(get_connection(timeout=5)) as server:
            server.open()
    except (OSError, smtplib.SMTPException, socket.gaierror) as error:
        yield fault(
            part,
            f"No mail server takes our connection at {place} ({type(error).__name__}).",
            "Look at EMAIL_HOST, EMAIL_PORT and the account; invitations and reminders wait until it answers.",
        )
        return
    yield well(part, f"A mail server takes our connection at {place}.")


def _texts() -> Iterator[Finding]:
    missing = [path for path in catalogue_paths(settings.ROOT) if not path.with_suffix(".mo").exists()]
    if missing:
        yield fault("texts", f"{len(missing)} translations are not compiled.", "Run manage.py compile_texts.")
    else:
        yield well("texts", "All translations are compiled.")


def _settings() -> Iterator[Finding]:
    part = "settings"
    if not settings.SITE_URL.startswith("https://"):
        yield doubt(
            part,
            f"SITE_URL is {settings.SITE_URL}: links in mails are not encrypted.",
            "Serve it by TLS, name it https.",
        )
        return
    warnings = [told for told in run_checks(include_deployment_checks=True) if not told.is_silenced()]
    for told in warnings:
        yield doubt(
            part, f"{told.msg} ({told.id})", told.hint or "Look the check up in Django's documentation."
        )
    if not warnings:
        yield well(part, "Django's checks for deployment find nothing.")


_PARTS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _settings, _database, _queue, _files, _checkpoints, look_at_scanner, _keeper, _backups, _mail, _texts,
)  # fmt: skip


def examine() -> Iterator[Finding]:
    """Look at every part of the installation, one after another; a part that is away hinders none of the others."""
    for look in _PARTS:
        yield from look()
