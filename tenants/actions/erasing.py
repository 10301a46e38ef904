"""Verbs by which a tenant that has left is erased: asked by one operator, confirmed by another, done step by step."""

import hashlib
import json
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import forget_people
from accounts.models import User
from audit.actions import record
from audit.checkpoints import take_checkpoint
from audit.models import Entry
from documents.models import StoredFile
from documents.storage import erase_everything
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import connection, public_scope, tenant_scope
from tenants import provisioning, routing
from tenants.actions.tenants import REASON_MAX
from tenants.archives import certificate
from tenants.archives.tables import Shape, schemas_of
from tenants.hooks import tenant_erased
from tenants.models import Erasure, FormerKey, Invitation, Membership, Partnership, RegionMembership, Tenant

Step = Erasure.Step
_TAKEN_ALONG = ("archive_tenant", "export_tenant")


def ask_erasure(tenant: Tenant, *, reason: str, actor: Actor) -> Erasure:
    """Ask that a tenant which has left be erased; another operator has to confirm.

    Raises DomainError `reason_missing`, `reason_too_long`, `tenant_open`, `not_taken_along`, `erasure_asked` or
    `no_operator` for who is no person.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        code = "reason_too_long" if reason else "reason_missing"
        raise DomainError(
            code,
            _("Write the reason in at most %(max)s characters: it stands in the certificate.")
            % {"max": REASON_MAX},
            field="reason",
        )
    by = _person(actor)
    with public_scope(), transaction.atomic():
        locked = _lock(tenant)
        _require_ready(locked)
        if Erasure.objects.filter(tenant=locked).exists():
            raise DomainError("erasure_asked", _("The erasure of this tenant has been asked for already."))
        erasure: Erasure = Erasure.objects.create(
            tenant=locked, reason=reason, asked_by=by, asked_by_name=actor.label[:150]
        )
        _note("ask_erasure", locked, actor, {"reason": reason})
    return erasure


def withdraw_erasure(tenant: Tenant, *, actor: Actor) -> None:
    """Take back what nobody has confirmed yet. Raises DomainError `erasure_begun`."""
    with public_scope(), transaction.atomic():
        locked = _lock(tenant)
        if not Erasure.objects.filter(tenant=locked, step=Step.ASKED).delete()[0]:
            raise DomainError("erasure_begun", _("There is no erasure that could still be taken back."))
        _note("withdraw_erasure", locked, actor, {})


def confirm_erasure(tenant: Tenant, *, typed: str, without_files: bool = False, actor: Actor) -> Erasure:
    """Begin an erasure that another operator has asked for; from here on nothing comes back.

    `typed` must be the tenant's address; `without_files` that files which were not taken along are given up. What is to
    be erased is counted now. `erase_tenant` does the rest. Raises DomainError `erasure_not_asked`, `same_operator`,
    `wrong_name`, `files_not_given_up`, and what `ask_erasure` raises.
    """
    by = _person(actor)
    with public_scope(), transaction.atomic():
        locked = _lock(tenant)
        erasure = Erasure.objects.select_for_update().filter(tenant=locked, step=Step.ASKED).first()
        if erasure is None:
            raise DomainError("erasure_not_asked", _("Nobody has asked for the erasure of this tenant."))
        if erasure.asked_by == by:
            raise DomainError("same_operator", _("Another operator than the one who asked has to confirm."))
        if typed.strip().strip("/") != locked.slug:
            raise DomainError(
                "wrong_name",
                _("That is not the address of the tenant. Type %(slug)s.") % {"slug": locked.slug},
                field="typed",
                value=typed,
            )
        export = _require_ready(locked)
        if files_left_behind(export) and not without_files:
            raise DomainError(
                "files_not_given_up",
                _(
                    "Files are not in what was taken along (%(count)s). Find them and export again, or confirm that "
                    "they are given up."
                )
                % {"count": files_left_behind(export)},
                field="without_files",
            )
        now = timezone.now()
        erasure.step, erasure.confirmed_at = Step.FILES, now
        erasure.confirmed_by, erasure.confirmed_by_name = by, actor.label[:150]
        erasure.facts = _counted(locked) | {"export": export, "begun_at": now.isoformat()}
        erasure.save()
        locked.state, locked.left_on = Tenant.State.ERASING, timezone.localdate(now)
        locked.save(update_fields=["state", "left_on"])
        _note("begin_erasure", locked, actor, {"manifest_sha256": export["manifest_sha256"]})
    routing.forget(locked.slug)
    return erasure


def erase_tenant(tenant: Tenant, *, waits: bool = True) -> Erasure | None:
    """Do what is left of a confirmed erasure; again after a kill it goes on where it was. None where there is none.

    Without `waits` one that somebody else is at counts as none.

    Raises ServerAway where the store of files, or that of checkpoints, is away: then the rest waits.
    """
    steps = {Step.FILES: _erase_files, Step.TABLES: _erase_tables}
    while True:
        with public_scope(), transaction.atomic():
            erasure = (
                Erasure.objects.select_for_update(of=("self",), skip_locked=not waits)
                .select_related("tenant")
                .filter(tenant=tenant)
                .exclude(step=Step.ASKED)
                .first()
            )
            if erasure is None:
                return None
            if erasure.step == Step.DONE:
                if not erasure.kept_outside:
                    with tenant_scope(erasure.tenant):
                        # A content whose row met no table any more.
                        erase_everything()
                    certificate.keep_outside(erasure.tenant.schema_name, erasure.certificate)
                    erasure.kept_outside = True
                    erasure.save(update_fields=["kept_outside"])
                return erasure
            steps[Step(erasure.step)](erasure)


def unfinished_erasures() -> list[Tenant]:
    """The tenants whose confirmed erasure has not come to its end."""
    return [one.tenant for one in Erasure.objects.unfinished().select_related("tenant")]


def taken_along(tenant: Tenant) -> dict[str, Any] | None:
    """The newest export or archive, where nothing was done in the tenant since, as its entry tells.

    None too where files were waiting for the scanner: they come along once it has looked.
    """
    with tenant_scope(tenant):
        last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first() or (0, "")
    with public_scope():
        entry = (
            Entry.objects.filter(verb__in=_TAKEN_ALONG, subject_type="tenant", subject_id=str(tenant.pk))
            .order_by("-sequence")
            .first()
        )
    told: dict[str, Any] = (entry.payload if entry else None) or {}
    if "manifest_sha256" not in told or told.get("waiting"):
        return None
    # By its hash too: a record that was put back and went on may be as long as the one that was taken along.
    return told if (told["entries"], told.get("hash")) == last else None


def files_left_behind(export: dict[str, Any]) -> int:
    """How many files that might still be found or checked were not taken along; infected ones nobody wants."""
    return int(export["missing"]) + int(export.get("failed", 0))


def _lock(tenant: Tenant) -> Tenant:
    return Tenant.objects.select_for_update().get(pk=tenant.pk)


def _person(actor: Actor) -> Any:
    if actor.user_id is None or not User.objects.filter(pk=actor.user_id, is_operator=True).exists():
        raise DomainError("no_operator", _("Two operators of the platform have to be named."))
    return actor.user_id


def _require_ready(tenant: Tenant) -> dict[str, Any]:
    if tenant.state != Tenant.State.SUSPENDED:
        raise DomainError("tenant_open", _("Suspend %(name)s first.") % {"name": tenant.name})
    export = taken_along(tenant)
    if export is None:
        raise DomainError(
            "not_taken_along",
            _(
                "Since the last change in %(name)s its data were not taken along, or files still waited for the "
                "scanner then. Run manage.py export_tenant (or archive_tenant), hand the file over, and ask again."
            )
            % {"name": tenant.name},
        )
    return export


def _counted(tenant: Tenant) -> dict[str, Any]:
    with tenant_scope(tenant):
        # What happened since the last checkpoint is noted outside before it is gone.
        take_checkpoint()
        last = Entry.objects.order_by("-sequence").first()
        files = StoredFile.objects.count()
    tables = {}
    with connection.cursor() as cursor:
        for name in Shape(tenant.schema_name):
            cursor.execute(f'SELECT count(*) FROM "{tenant.schema_name}"."{name}"')  # noqa: S608 - our own names
            tables[name] = cursor.fetchone()[0]
    return {
        "tables": tables,
        "files": files,
        "record": {"entries": last.sequence if last else 0, "hash": last.hash if last else ""},
    }


def _erase_files(erasure: Erasure) -> None:
    with tenant_scope(erasure.tenant):
        erased = erase_everything()
    # After a kill some were gone already: those are counted from the tables.
    erasure.facts["files"] = max(erasure.facts["files"], erased)
    erasure.step = Step.TABLES
    erasure.save(update_fields=["facts", "step"])


def _erase_tables(erasure: Erasure) -> None:
    """All that SQL holds, in one transaction with the certificate."""
    tenant, told = _lock(erasure.tenant), Counter[str]()
    tenant_erased.fire(tenant=tenant, told=told)
    people = _people_of_nowhere_else(tenant)
    told["memberships"] = Membership.objects.filter(tenant=tenant).delete()[0]
    told["invitations"] = Invitation.objects.filter(tenant=tenant).delete()[0]
    Partnership.objects.filter(tenant=tenant, since__gt=tenant.left_on).delete()
    Partnership.objects.current().filter(tenant=tenant).update(until=tenant.left_on)
    told["people"] = forget_people(people)
    for schema in schemas_of(tenant):
        provisioning.drop_schema(schema)
    with tenant_scope(tenant):
        # What somebody still at work stored after the files were erased; from here on no row can name any.
        erasure.facts["files"] += erase_everything()
    FormerKey.objects.filter(tenant=tenant).delete()
    tenant.state, tenant.data_key = Tenant.State.ERASED, b""
    tenant.save(update_fields=["state", "data_key"])
    facts = {
        "tenant": str(tenant.pk),
        "slug": tenant.slug,
        "name": tenant.name,
        "unit_name": tenant.unit_name,
        "reason": erasure.reason,
        "asked_by": erasure.asked_by_name,
        "confirmed_by": erasure.confirmed_by_name,
        **erasure.facts,
        **{name: told[name] for name in ("memberships", "invitations", "people")},
        "told_to_region": {
            name: count for name, count in sorted(told.items()) if name.startswith("statistics")
        },
        "erased_at": timezone.now().isoformat(),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    facts["sha256_of_facts"] = hashlib.sha256(text.encode("utf-8")).hexdigest()
    erasure.certificate = certificate.sealed(facts)
    erasure.step = Step.DONE
    erasure.save(update_fields=["certificate", "step"])
    _note(
        "erase_tenant",
        tenant,
        Actor.system("erase_tenant"),
        {"certificate_sha256": hashlib.sha256(erasure.certificate.encode("utf-8")).hexdigest()},
    )
    slug = tenant.slug
    transaction.on_commit(lambda: routing.forget(slug))


def _people_of_nowhere_else(tenant: Tenant) -> list[User]:
    """Who worked in this tenant, and has or had no place in any other, in a voivodeship or as an operator."""
    here = Membership.objects.filter(tenant=tenant).values("user")
    elsewhere = Membership.objects.exclude(tenant=tenant).values("user")
    regions = RegionMembership.objects.values("user")
    return list(
        User.objects.filter(pk__in=here, is_operator=False)
        .exclude(pk__in=elsewhere)
        .exclude(pk__in=regions)
        .order_by("pk")
    )


def _note(verb: str, tenant: Tenant, actor: Actor, payload: dict[str, Any]) -> None:
    record(verb, actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=payload)
