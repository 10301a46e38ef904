"""A tenant that has left is erased by two operators, whole, whatever is killed meanwhile; the region keeps its past."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pyrage
import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import User
from audit.models import Entry
from contracting.contracts.schedule import apply_all_amendments
from documents.actions import store_file
from documents.models import StoredFile
from documents.storage import erase_everything
from documents.tasks import sweep_all_files
from kernel.access import Actor
from kernel.anonymity import ANONYMISED
from kernel.crypto import blind_index, encrypt
from kernel.errors import DomainError, ServerAway
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.models import Person
from reporting.statistics.models import HeldFact, PushConsent, SigningSecret
from reporting.statistics.queries.timeliness import due_periods, senders
from tenants import actions
from tenants.actions import erasing
from tenants.archives import certificate, contents, exporting
from tenants.archives.envelope import recipients_of
from tenants.archives.tables import has_schema
from tenants.doctor.erasures import erased_tenants
from tenants.everywhere import in_every_tenant
from tenants.migrating import behind
from tenants.models import Erasure, FormerKey, Invitation, Membership, RegionMembership, Tenant
from tenants.roles import Role
from tenants.schedule import finish_erasures
from tests.audit.test_checkpoints import locking
from tests.copies import copied_database
from tests.factories.facts import batch_of
from tests.factories.people import UserFactory
from tests.racing import committing
from tests.reporting.delivery.diary_world import build_diary
from tests.tenants.test_archives import ANNA, PESEL, save_visit

db = committing
__all__ = ["locking"]
PLANTED = "Brzęczyszczykiewicz"


@dataclass
class Leaving:
    """A suspended tenant with its data taken along, two operators, and people who work here only or elsewhere too."""

    tenant: Tenant
    folder: Path
    first: User
    second: User
    here_only: User
    elsewhere: User

    def actor(self, user: User) -> Actor:
        return Actor(user.pk, user.full_name)

    def export(self, name: str = "taken.age") -> None:
        call_command("export_tenant", "alfa", str(self.folder / name), stdout=StringIO())

    def ask(self) -> None:
        actions.ask_erasure(self.tenant, reason="Umowa 7/2026 wygasła", actor=self.actor(self.first))

    def confirm(self) -> Erasure:
        return actions.confirm_erasure(self.tenant, typed="alfa", actor=self.actor(self.second))

    def too(self, slug: str) -> Tenant:
        """Another tenant that leaves, and for whose erasure somebody asked."""
        other = Tenant.objects.get(slug=slug)
        actions.suspend_tenant(other, reason="Też odchodzi", actor=ANNA)
        call_command("export_tenant", slug, str(self.folder / f"{slug}.age"), stdout=StringIO())
        actions.ask_erasure(other, reason="Umowa 8/2026", actor=self.actor(self.first))
        return other

    def again(self) -> Tenant:
        return Tenant.objects.get(pk=self.tenant.pk)

    @property
    def files(self) -> list[Path]:
        return [one for one in (self.folder / "files").rglob("*") if one.is_file()]


@pytest.fixture
def leaving(db: None, settings: Any, tmp_path: Path) -> Iterator[Leaving]:
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.ARCHIVE_RECIPIENTS = [str(pyrage.x25519.Identity.generate().to_public())]
    with copied_database("erasures"):
        tenant = Tenant.objects.get(slug="alfa")
        world = build_diary(tenant)
        save_visit(world)
        with tenant_scope(tenant), transaction.atomic():
            Person.objects.filter(pk=world.decision.person_id).update(
                surname=PLANTED, pesel_encrypted=encrypt(PESEL), pesel_index=blind_index(PESEL)
            )
            store_file(b"papier", name="a.txt", content_type="text/plain", folder="probe", actor=ANNA)
        people = [
            UserFactory(full_name=f"{name} {PLANTED}", email=f"{name}@example.org", is_operator=operator)
            for name, operator in (("ola", True), ("ela", True), ("jan", False), ("iga", False))
        ]
        for user in people[2:]:
            Membership.objects.create(user=user, tenant=tenant, role=Role.COORDINATOR)
        Membership.objects.create(
            user=people[3], tenant=Tenant.objects.get(slug="beta"), role=Role.ACCOUNTANT
        )
        actions.invite_person(
            tenant,
            email="zosia@example.org",
            full_name=f"Zosia {PLANTED}",
            role=Role.ACCOUNTANT,
            actor=Actor(people[3].pk, "Iga"),
        )
        long_ago = erasing.timezone.now() - timedelta(days=1)
        FormerKey.objects.create(tenant=tenant, wrapped=tenant.data_key, retired_at=long_ago)
        PushConsent.objects.filter(tenant=tenant).update(given_by_name=f"jan {PLANTED}")
        actions.suspend_tenant(tenant, reason="Odchodzimy", actor=ANNA)
        made = Leaving(tenant, tmp_path, *people)
        made.export()
        yield made


def _texts_of_public() -> dict[str, str]:
    """All that the shared tables say, as text."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(one::text, chr(10)), '') FROM public.\"{name}\" one")
            found[name] = cursor.fetchone()[0]
    return found


def _is_erased(leaving: Leaving) -> dict[str, Any]:
    """Check that nothing is left but what the certificate names; gives what it says."""
    tenant = leaving.again()
    assert (tenant.state, bytes(tenant.data_key)) == (Tenant.State.ERASED, b"") and tenant.left_on
    assert not has_schema(tenant.schema_name) and leaving.files == []
    erasure = Erasure.objects.get(tenant=tenant)
    assert (erasure.step, erasure.kept_outside) == (Erasure.Step.DONE, True)
    told = certificate.read(erasure.certificate)
    [outside] = (leaving.folder / "checkpoints" / "erasures").glob(f"{tenant.schema_name}.*")
    assert outside.read_text("utf-8") == erasure.certificate
    assert told["files"] == 1 and told["tables"]["delivery_visit"] == 1 and told["tables"]["care_person"] > 0
    assert told["invitations"] == 1 and told["memberships"] >= 3 and told["people"] >= 1
    assert not FormerKey.objects.filter(tenant=tenant).exists()
    assert not Membership.objects.filter(tenant=tenant).exists()
    assert not Invitation.objects.filter(tenant=tenant).exists()
    assert not SigningSecret.objects.filter(key__tenant=tenant).exists()
    assert not PushConsent.objects.in_force().filter(tenant=tenant).exists()
    gone, stays = (User.objects.get(pk=user.pk) for user in (leaving.here_only, leaving.elsewhere))
    assert (gone.full_name, gone.is_active, gone.has_usable_password()) == (ANONYMISED, False, False)
    assert (stays.email, stays.is_active) == ("iga@example.org", True)
    texts = _texts_of_public()
    for marker in ("jan@example.org", "zosia@example.org", f"jan {PLANTED}", f"Zosia {PLANTED}", PESEL):
        assert [name for name, text in texts.items() if marker in text] == [], marker
    assert json.loads(erasure.certificate)["certificate"]["confirmed_by"] == leaving.second.full_name
    verbs = list(Entry.objects.order_by("-sequence").values_list("verb", flat=True)[:3])
    assert verbs == ["erase_tenant", "begin_erasure", "ask_erasure"]
    return told


def test_two_operators_erase_a_tenant_and_get_a_certificate(leaving: Leaving) -> None:
    released = _texts_of_public()["statistics_factsbatch"]
    out = StringIO()
    call_command(
        "erase_tenant", "alfa", "--operator", "ola@example.org", "--reason", "Umowa wygasła", stdout=out
    )
    with pytest.raises(CommandError, match=r"Another operator|inny operator"):
        call_command("erase_tenant", "alfa", "--operator", "ola@example.org", "--confirm", "alfa")
    with pytest.raises(CommandError, match=r"address|adres"):
        call_command("erase_tenant", "alfa", "--operator", "ela@example.org", "--confirm", "beta")
    call_command(
        "erase_tenant", "alfa", "--operator", "ela@example.org", "--confirm", "alfa",
        "--certificate", str(leaving.folder), stdout=out,
    )  # fmt: skip
    told = _is_erased(leaving)
    assert "is erased" in out.getvalue() and _texts_of_public()["statistics_factsbatch"] == released
    written = (leaving.folder / "alfa-erasure.json").read_text("utf-8")
    assert certificate.read(written) == told
    assert (leaving.folder / "alfa-erasure.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(contents.ForgedManifest):
        certificate.read(written.replace('"files": 1', '"files": 2'))
    with (
        override_settings(MASTER_KEYS=[Fernet.generate_key().decode()]),
        pytest.raises(CommandError, match="a master key that was taken out"),
    ):
        call_command("erase_tenant", "alfa", "--resume", stdout=out)
    noted = Entry.objects.filter(verb="export_tenant").latest("sequence").payload
    assert told["export"]["manifest_sha256"] == noted["manifest_sha256"]
    # What walks all tenants goes past it; its address is free of people, and nothing lets it in again.
    assert in_every_tenant(lambda: 1) == Tenant.objects.present().count()
    assert leaving.again() not in behind()
    call_command("verify_audit", stdout=StringIO())
    assert Client().get("/alfa/board/").status_code == 404
    for verb in (
        lambda: actions.resume_tenant(leaving.tenant, actor=ANNA),
        lambda: actions.suspend_tenant(leaving.tenant, reason="x", actor=ANNA),
    ):
        with pytest.raises(DomainError) as caught:
            verb()
        assert caught.value.code == "tenant_left"
    call_command("erase_tenant", "alfa", "--resume", stdout=out)
    assert finish_erasures() == 0


@pytest.mark.parametrize(
    ("place", "before"),
    [
        ("tenants.actions.erasing.erase_everything", False),
        ("tenants.actions.erasing.forget_people", False),
        ("tenants.archives.certificate.sealed", False),
        ("tenants.archives.certificate.keep_outside", True),
    ],
)
def test_what_is_killed_in_between_is_gone_on_with(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch, place: str, before: bool
) -> None:
    leaving.ask()
    leaving.confirm()
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            _die_at(monkeypatch, place, before)
            erasing.erase_tenant(leaving.tenant)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    with transaction.atomic():
        # The server may not have noticed yet that nobody is there any more, and what is held is passed over.
        assert Erasure.objects.select_for_update().get().kept_outside is False
    assert finish_erasures() == 1
    _is_erased(leaving)
    assert finish_erasures() == 0


def _die_at(monkeypatch: pytest.MonkeyPatch, place: str, before: bool) -> None:
    module, _dot, name = place.rpartition(".")
    inner = getattr(__import__(module, fromlist=[name]), name)

    def die(*args: Any, **told: Any) -> None:
        if not before:
            inner(*args, **told)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(place, die)


def test_what_is_stored_while_the_tenant_is_erased_goes_too(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that was at work when the erasure began: its files come after those were erased."""
    forget, keep = erasing.forget_people, certificate.keep_outside

    def store(content: bytes) -> None:
        with tenant_scope(leaving.tenant):
            default_storage.save(f"late/{content.decode()}", ContentFile(content))

    def forget_late(people: Any) -> int:
        store(b"before")
        return forget(people)

    monkeypatch.setattr(erasing, "forget_people", forget_late)
    leaving.ask()
    leaving.confirm()
    monkeypatch.setattr(certificate, "keep_outside", lambda *told: _raise(ServerAway("away", "away")))
    assert finish_erasures() == 0
    told = certificate.read(Erasure.objects.get().certificate)
    assert (told["files"], leaving.files) == (2, [])
    # Its row finds no table any more, its content stays behind.
    store(b"after")
    monkeypatch.setattr(certificate, "keep_outside", keep)
    assert finish_erasures() == 1 and leaving.files == []


def _raise(error: Exception) -> None:
    raise error


def test_an_erasure_that_fails_stops_no_other_and_is_told(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.ask()
    leaving.confirm()
    beta = leaving.too("beta")
    actions.confirm_erasure(beta, typed="beta", actor=leaving.actor(leaving.second))
    erase = erasing._erase_files

    def fail(erasure: Erasure) -> None:
        if erasure.tenant_id == leaving.tenant.pk:
            raise PermissionError("the folder belongs to somebody else")
        erase(erasure)

    monkeypatch.setattr(erasing, "_erase_files", fail)
    with capture_logs() as logged:
        assert finish_erasures() == 1
    assert Tenant.objects.get(slug="beta").state == Tenant.State.ERASED
    assert [(one["event"], one["tenant"]) for one in logged if one["log_level"] == "error"] == [
        ("erasure_failed", leaving.tenant.schema_name)
    ]
    assert list(erased_tenants([])) == []
    Erasure.objects.update(confirmed_at=erasing.timezone.now() - timedelta(hours=2))
    [finding] = erased_tenants([])
    assert (finding.part, finding.grade) == ("erasures", "fault") and ": alfa." in finding.sentence
    monkeypatch.setattr(erasing, "_erase_files", erase)
    assert finish_erasures() == 1 and list(erased_tenants([])) == []


@pytest.mark.parametrize("slug", ["alfa", "beta"])
def test_who_walks_all_tenants_passes_over_one_that_leaves_meanwhile(leaving: Leaving, slug: str) -> None:
    """While it is worked in, or before its turn: tables of public with the same names are not taken for its own."""
    leaving.too("beta")
    leaving.ask()
    [first, *others] = Tenant.objects.present().order_by("pk").values_list("slug", flat=True)
    assert first == "alfa" and "beta" in others
    seen: list[str] = []

    def work() -> int:
        if not seen:
            gone = Tenant.objects.get(slug=slug)
            with public_scope():
                actions.confirm_erasure(gone, typed=slug, actor=leaving.actor(leaving.second))
                actions.erase_tenant(gone)
        seen.append(str(connection.tenant.slug))
        # A table that only tenants have.
        return min(StoredFile.objects.count() + 1, 1)

    assert in_every_tenant(work) == len(others)
    assert seen == [one for one in (first, *others) if one != slug or slug == first]


def test_what_fails_in_a_tenant_that_is_there_is_no_reason_to_go_on(leaving: Leaving) -> None:
    with pytest.raises(ZeroDivisionError):
        in_every_tenant(lambda: 1 // 0)


def test_a_tenant_that_is_erased_again_gets_another_certificate(leaving: Leaving) -> None:
    """A restoration brought it back: both certificates lie outside, and its schema is known as erased."""
    certificate.keep_outside(leaving.tenant.schema_name, '{"certificate": "of before"}')
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    kept = (leaving.folder / "checkpoints" / "erasures").glob(f"{leaving.tenant.schema_name}.*")
    assert len([*kept]) == 2 and leaving.tenant.schema_name in certificate.kept_outside()


def _refused(verb: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        verb()
    return caught.value.code


def test_nothing_is_erased_that_was_not_taken_along_or_still_works(leaving: Leaving) -> None:
    nobody = Actor.system("tests")
    assert _refused(lambda: actions.ask_erasure(leaving.tenant, reason="x", actor=nobody)) == "no_operator"
    member = leaving.actor(leaving.here_only)
    assert _refused(lambda: actions.ask_erasure(leaving.tenant, reason="x", actor=member)) == "no_operator"
    operator = leaving.actor(leaving.first)
    assert (
        _refused(lambda: actions.ask_erasure(leaving.tenant, reason=" ", actor=operator)) == "reason_missing"
    )
    assert _refused(leaving.confirm) == "erasure_not_asked"
    assert actions.erase_tenant(leaving.tenant) is None
    # Something happens after the export: it has to be written again.
    with tenant_scope(leaving.tenant), transaction.atomic():
        erasing.record("probe", actor=ANNA, subject_type="person", subject_id="1")
    assert _refused(leaving.ask) == "not_taken_along"
    leaving.export("again.age")
    leaving.ask()
    assert _refused(leaving.ask) == "erasure_asked"
    with tenant_scope(leaving.tenant), transaction.atomic():
        erasing.record("probe", actor=ANNA, subject_type="person", subject_id="2")
    assert _refused(leaving.confirm) == "not_taken_along"
    # A record that was put back and went on may be as long as the one that was taken along.
    with tenant_scope(leaving.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT max(sequence), max(hash) FILTER (WHERE sequence = 1) FROM audit_entry")
        last, another = cursor.fetchone()
        cursor.execute("SELECT hash FROM audit_entry WHERE sequence = %s", [last])
        [hash_of_last] = cursor.fetchone()
    leaving.export("third.age")
    assert erasing.taken_along(leaving.tenant)
    for stands, ready in ((another, False), (hash_of_last, True)):
        with tenant_scope(leaving.tenant), connection.cursor() as cursor:
            cursor.execute("UPDATE audit_entry SET hash = %s WHERE sequence = %s", [stands, last])
        assert bool(erasing.taken_along(leaving.tenant)) is ready
    actions.resume_tenant(leaving.tenant, actor=ANNA)
    assert _refused(leaving.confirm) == "tenant_open"
    assert has_schema(leaving.tenant.schema_name) and len(leaving.files) == 1
    actions.withdraw_erasure(leaving.tenant, actor=operator)
    assert _refused(lambda: actions.withdraw_erasure(leaving.tenant, actor=operator)) == "erasure_begun"


def _becomes(leaving: Leaving, scan: str) -> None:
    with tenant_scope(leaving.tenant):
        StoredFile.objects.update(scan=scan, scanned_at=None if scan == "waiting" else erasing.timezone.now())


def test_files_that_wait_for_the_scanner_come_along_before_anything_is_erased(leaving: Leaving) -> None:
    _becomes(leaving, "waiting")
    leaving.export("waiting.age")
    assert _refused(leaving.ask) == "not_taken_along"
    _becomes(leaving, "clean")
    leaving.export("clean.age")
    leaving.ask()


def test_files_that_are_given_up_are_given_up_by_a_word(leaving: Leaving) -> None:
    _becomes(leaving, "failed")
    leaving.export("failed.age")
    leaving.ask()
    assert _refused(leaving.confirm) == "files_not_given_up"
    client = Client()
    client.force_login(leaving.second)
    page = reverse("operator:erasure", args=[leaving.tenant.pk])
    assert "bez 1 pliku, którego nie było" in client.get(page).content.decode()
    assert client.post(page, {"typed": "alfa"}).status_code == 422
    assert client.post(page, {"typed": "alfa", "without_files": "on"}).status_code == 302
    assert finish_erasures() == 1
    assert certificate.read(Erasure.objects.get().certificate)["export"]["failed"] == 1


def test_an_infected_file_is_nothing_to_give_up_and_no_missing_one(leaving: Leaving) -> None:
    _becomes(leaving, "infected")
    with tenant_scope(leaving.tenant):
        default_storage.delete(StoredFile.objects.get().key)
    # An archive is taken along too: neither misses the content that was removed.
    call_command("archive_tenant", "alfa", str(leaving.folder / "archive.age"), stdout=StringIO())
    leaving.export("infected.age")
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    assert certificate.read(Erasure.objects.get().certificate)["export"]["infected"] == 1


@pytest.mark.parametrize(
    ("backups", "told"),
    [("own", "until 20"), ("provider", "is set to 30 days"), ("", "names nobody who backs it up")],
)
def test_the_certificate_says_what_of_ciphertext_remains_and_until_when(
    leaving: Leaving, settings: Any, backups: str, told: str
) -> None:
    settings.BACKUPS, settings.BACKUP_DAYS = backups, 30
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    document = Erasure.objects.get().certificate
    facts = certificate.read(document)
    kept = facts["kept"]
    [line] = [one for one in kept["en"] if told in one]
    if backups:
        assert "wrapped by the installation's master key, the key that opens them" in line
    if backups == "own":
        gone = erasing.timezone.localdate(datetime.fromisoformat(facts["erased_at"])) + timedelta(days=32)
        assert f"{gone:%Y-%m-%d}" in line and any(f"{gone:%Y-%m-%d}" in one for one in kept["pl"])
    assert "cannot be read any more" not in document and certificate.as_pdf(document).startswith(b"%PDF")


def test_an_export_without_what_is_only_away_is_none(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> bytes:
        raise ServerAway("files_away", "away")

    before = Entry.objects.filter(verb="export_tenant").count()
    with tenant_scope(leaving.tenant):
        stored = StoredFile.objects.get()
    monkeypatch.setattr(exporting, "known_files", lambda: {stored.pk: away})
    with pytest.raises(DomainError) as caught:
        actions.export_tenant(
            leaving.tenant,
            leaving.folder / "away.age",
            recipients_of(django_settings.ARCHIVE_RECIPIENTS),
            actor=ANNA,
        )
    assert caught.value.code == "files_away" and not (leaving.folder / "away.age").exists()
    assert Entry.objects.filter(verb="export_tenant").count() == before


def test_the_clock_hands_nothing_over_to_a_tenant_that_is_gone(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    for task, name in ((apply_all_amendments, "apply_tenant_amendments"), (sweep_all_files, "sweep_files")):
        handed: list[str] = []
        monkeypatch.setattr(
            f"{task.__module__}.{name}.apply_async",
            lambda headers, handed=handed: handed.append(headers["_schema_name"]),
        )
        assert task() == len(handed) > 0 and leaving.tenant.schema_name not in handed


def test_the_same_through_the_operators_pages(leaving: Leaving) -> None:
    first, second = Client(), Client()
    for client, user in ((first, leaving.first), (second, leaving.second)):
        client.force_login(user)
    page = reverse("operator:erasure", args=[leaving.tenant.pk])
    assert (
        reverse("operator:erasure", args=[leaving.tenant.pk])
        in first.get(reverse("operator:tenant", args=[leaving.tenant.pk])).content.decode()
    )
    assert first.post(page, {"reason": ""}).status_code == 422
    assert first.post(page, {"reason": "Umowa wygasła"}).status_code == 302
    assert first.get(page).context["form"] is None
    assert first.post(page, {"typed": "alfa"}).status_code == 200
    assert second.post(page, {"typed": "beta"}).status_code == 422
    assert second.post(page, {"typed": "alfa"}).status_code == 302
    assert "hx-trigger" in second.get(page).content.decode()
    assert Client().get("/alfa/board/").status_code == 403
    assert finish_erasures() == 1
    _is_erased(leaving)
    for form, start in (("pdf", b"%PDF"), ("json", b"{")):
        answer = first.get(reverse("operator:certificate", args=[leaving.tenant.pk, form]))
        assert answer.status_code == 200 and b"".join(answer).startswith(start)
    assert first.get(reverse("operator:certificate", args=[leaving.tenant.pk, "xml"])).status_code == 404
    assert first.get(page).status_code == first.get(reverse("operator:tenants")).status_code == 200
    assert first.get(reverse("operator:tenant", args=[leaving.tenant.pk])).status_code == 200


def test_a_request_can_be_taken_back_on_the_page(leaving: Leaving) -> None:
    leaving.ask()
    client = Client()
    client.force_login(leaving.second)
    assert client.post(reverse("operator:withdraw_erasure", args=[leaving.tenant.pk])).status_code == 302
    assert not Erasure.objects.exists()


def test_the_region_sees_that_it_left_and_not_that_it_is_late(leaving: Leaving) -> None:
    today = erasing.timezone.localdate()
    due = due_periods("month", today)
    voivodeship = str(leaving.tenant.voivodeship_id)
    held = HeldFact.objects.create(
        batch=batch_of(leaving.tenant, due[0].period.first), tenant=leaving.tenant, indicator="results",
        reason="jump",
    )  # fmt: skip
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    with public_scope():
        [sender] = [one for one in senders(voivodeship, due, today) if one.tenant == leaving.tenant]
        assert (sender.state, sender.missing, sender.tenant.name) == ("left", (), leaving.tenant.name)
        # Once no period is shown in which it was there, it is not listed any more.
        later = today + timedelta(days=3 * 366)
        assert leaving.tenant not in [
            one.tenant for one in senders(voivodeship, due_periods("month", later), later)
        ]
        # Nobody will look at what was held for a look.
        held.refresh_from_db()
        assert held.state == HeldFact.State.GIVEN_UP and held.decided_at is not None
    analyst = UserFactory()
    RegionMembership.objects.create(user=analyst, voivodeship_id=voivodeship)
    client = Client()
    client.force_login(analyst)
    page = client.get(reverse("region:timeliness", args=[voivodeship]))
    assert page.status_code == 200 and "odszedł" in page.content.decode()
    assert client.get(reverse("statistics:region", args=[voivodeship])).status_code == 200
    assert client.get(reverse("region:write_note", args=[voivodeship])).status_code == 200


def test_an_archive_brings_no_erased_tenant_back(leaving: Leaving) -> None:
    identity, key, path = (
        pyrage.x25519.Identity.generate(),
        leaving.folder / "key.txt",
        leaving.folder / "all.age",
    )
    key.write_text(f"{identity}\n")
    call_command(
        "archive_tenant", "alfa", str(path), "--recipient", str(identity.to_public()), stdout=StringIO()
    )
    # An archive is as good as an export: the data were taken along.
    leaving.ask()
    leaving.confirm()
    assert finish_erasures() == 1
    with pytest.raises(CommandError, match=r"has left|odszedł"):
        call_command(
            "restore_tenant", str(path), "--identity", str(key), "--reason", "pomyłka", stderr=StringIO()
        )
    assert leaving.again().state == Tenant.State.ERASED and not has_schema(leaving.tenant.schema_name)


def test_every_version_of_a_file_is_erased_from_a_bucket(
    in_alfa: Tenant, settings: Any, locking: int
) -> None:
    client = boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{locking}", region_name="eu-central-1",
        aws_access_key_id="siedem", aws_secret_access_key="x",
    )  # fmt: skip
    client.create_bucket(Bucket="versions", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    settings.S3_BUCKET, settings.S3_ENDPOINT_URL = "versions", f"http://127.0.0.1:{locking}"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "siedem", "x"
    for content in (b"one", b"two"):
        default_storage.save("probe/a", ContentFile(content))
    default_storage.save("probe/b", ContentFile(b"three"))
    default_storage.delete("probe/b")
    client.put_object(Bucket="versions", Key=f"{in_alfa.schema_name}0/other", Body=b"another tenant")
    assert erase_everything() == 3
    told = client.list_object_versions(Bucket="versions")
    assert [one["Key"] for one in told["Versions"]] == [f"{in_alfa.schema_name}0/other"]
    assert "DeleteMarkers" not in told and erase_everything() == 0
    assert django_settings.S3_BUCKET == "versions"
