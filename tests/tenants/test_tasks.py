"""Tasks run in the tenant they were sent from and leave it; those of tenants refuse to run in none (R-02)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.utils import timezone

from audit.models import Entry
from kernel.access import Actor
from kernel.errors import TenantScopeMissing
from kernel.tenancy import public_scope, tenant_scope
from tenants import actions, tasks
from tenants.access import access_to_tenant, regions_of, tenants_of
from tenants.models import Invitation, Membership, Partnership, RegionMembership, Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory, partner
from tests.queueing import mail_server_away
from tests.workers import Worker

SYSTEM = Actor.system("test")


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Iterator[Worker]:
    started = Worker(tmp_path)
    yield started
    started.stop()


@pytest.mark.django_db
def test_one_worker_process_is_for_each_task_where_it_belongs_and_takes_nothing_along(
    worker: Worker, alfa: Tenant, beta: Tenant
) -> None:
    for count, tenant in enumerate((alfa, beta, alfa), start=1):
        with tenant_scope(tenant):
            worker.send("tests.tell_scope")
        worker.answers(count)
    with tenant_scope(beta):
        worker.send("tests.fail_in_scope")
    worker.answers(4)
    with public_scope():
        worker.send("tests.need_tenant")
        worker.answers(5)
        worker.send("tests.tell_scope")
    assert worker.answers(6) == [
        ("ran", alfa.schema_name, f"{alfa.schema_name}, public"),
        ("ran", beta.schema_name, f"{beta.schema_name}, public"),
        ("ran", alfa.schema_name, f"{alfa.schema_name}, public"),
        ("failed", beta.schema_name, f"{beta.schema_name}, public"),
        ("refused", "public", "public"),
        ("ran", "public", "public"),
    ]


def _invite(tenant: Tenant, **fields: Any) -> Invitation:
    given = {"email": "nowa@przyklad.test", "full_name": "Ewa Nowa", "role": Role.SOCIAL_WORKER, **fields}
    return actions.invite_person(tenant, **given, actor=SYSTEM)


@pytest.mark.django_db
def test_the_mail_of_an_invitation_refuses_to_be_sent_outside_a_tenant(alfa: Tenant) -> None:
    invitation = _invite(alfa)
    with public_scope(), pytest.raises(TenantScopeMissing):
        tasks.send_invitation(str(invitation.pk))
    assert mail.outbox == []


@pytest.mark.django_db
def test_the_mail_of_an_invitation_of_alfa_is_not_sent_from_beta(alfa: Tenant, beta: Tenant) -> None:
    invitation = _invite(alfa)
    with tenant_scope(beta):
        tasks.send_invitation(str(invitation.pk))
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_invitation_is_mailed_once_and_only_the_hash_of_its_token_is_kept(alfa: Tenant) -> None:
    invitation = _invite(alfa)
    with tenant_scope(alfa):
        tasks.send_invitation(str(invitation.pk))
        tasks.send_invitation(str(invitation.pk))
    assert [letter.to for letter in mail.outbox] == [["nowa@przyklad.test"]]
    token = str(mail.outbox[0].body).split("/invitation/")[1].split("/")[0]
    invitation.refresh_from_db()
    assert invitation.sent_at is not None
    assert token not in invitation.token_hash
    assert actions.find_invitation(token) == invitation


@pytest.mark.django_db
def test_a_mail_that_could_not_be_sent_waits_and_the_clock_hands_it_over_again(
    alfa: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = _invite(alfa)
    Invitation.objects.update(created_at=timezone.now() - timedelta(minutes=10))

    with mail_server_away(), tenant_scope(alfa), pytest.raises(Retry):
        tasks.send_invitation.apply(args=[str(invitation.pk)], throw=True)
    invitation.refresh_from_db()
    assert invitation.sent_at is None
    sent: list[Any] = []
    monkeypatch.setattr(tasks.send_invitation, "apply_async", lambda **options: sent.append(options))
    assert tasks.send_waiting_invitations() == 1
    assert sent == [{"args": [str(invitation.pk)], "headers": {"_schema_name": alfa.schema_name}}]


@pytest.mark.django_db
def test_old_invitations_are_erased_with_the_address_they_hold(alfa: Tenant) -> None:
    old, young = _invite(alfa), _invite(alfa, email="mloda@przyklad.test")
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=31))
    assert tasks.expire_invitations() == 1
    assert list(Invitation.objects.values_list("pk", flat=True)) == [young.pk]
    with tenant_scope(alfa):
        assert Entry.objects.get(verb="erase_invitations").payload == {"invitations": [str(old.pk)]}


@pytest.mark.django_db
def test_when_a_partnership_is_over_the_roles_of_its_people_end(alfa: Tenant, beta: Tenant) -> None:
    organisation = partner(alfa)
    Partnership.objects.create(tenant=beta, organisation=organisation)
    user = UserFactory()
    for tenant in (alfa, beta):
        Membership.objects.create(user=user, tenant=tenant, role=Role.WORKER, organisation=organisation)
    yesterday = timezone.localdate() - timedelta(days=1)
    Partnership.objects.filter(tenant=alfa).update(since=yesterday - timedelta(days=9), until=yesterday)
    assert tasks.close_ended_partnerships() == 1
    assert [membership.tenant for membership in Membership.objects.current().filter(user=user)] == [beta]


@pytest.mark.django_db
def test_access_ends_with_the_last_day_of_a_partnership_though_no_worker_runs(
    alfa: Tenant, beta: Tenant
) -> None:
    organisation = partner(alfa)
    Partnership.objects.create(tenant=beta, organisation=organisation)
    user = UserFactory()
    for tenant in (alfa, beta):
        Membership.objects.create(user=user, tenant=tenant, role=Role.WORKER, organisation=organisation)
    today = timezone.localdate()
    of_alfa = Partnership.objects.filter(tenant=alfa)
    of_alfa.update(since=today - timedelta(days=9), until=today)
    assert access_to_tenant(user, alfa).roles == {Role.WORKER}
    of_alfa.update(until=today - timedelta(days=1))
    assert access_to_tenant(user, alfa).roles == frozenset()
    assert access_to_tenant(user, beta).roles == {Role.WORKER}
    assert tenants_of(user) == [beta]


def test_what_the_frame_asks_for_is_what_the_words_of_memberships_say(alfa: Tenant, beta: Tenant) -> None:
    """The written-out queries of tenants.access against the composed ones, over memberships of every sort."""
    person, today = UserFactory(), timezone.localdate()
    over, held = partner(alfa), partner(beta)
    Partnership.objects.filter(organisation=over).update(
        since=today - timedelta(days=9), until=today - timedelta(days=1)
    )
    Partnership.objects.filter(organisation=held).update(until=today)
    Membership.objects.create(user=person, tenant=alfa, role=Role.WORKER, organisation=over)
    Membership.objects.create(user=person, tenant=alfa, role=Role.DIRECTOR, ended_at=timezone.now())
    Membership.objects.create(user=UserFactory(), tenant=alfa, role=Role.DIRECTOR)
    assert tenants_of(person) == []
    Membership.objects.create(user=person, tenant=beta, role=Role.WORKER, organisation=held)
    Membership.objects.create(user=person, tenant=beta, role=Role.DIRECTOR)
    named = Tenant.objects.filter(pk__in=Membership.objects.in_force().filter(user=person).values("tenant"))
    assert tenants_of(person) == list(named) == [beta]
    assert tenants_of(person)[0].get_deferred_fields() == {"data_key"}
    for voivodeship in ("32", "12"):
        RegionMembership.objects.create(user=person, voivodeship_id=voivodeship)
    assert [region.code for region in regions_of(person)] == ["12", "32"]
