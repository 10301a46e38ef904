"""A small world in two tenants: in each, two organisations with one thing of every kind, and people of every role.

Things of an app that is not named here are made in its own file, `things/<app>.py`: `things(made)` gives them by name.
"""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.idle import ACTIVE, PHONE, SEEN
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import (
    Cycle,
    FormOption,
    LegalLimit,
    PaymentTable,
    Resource,
    StandardVersion,
)
from contracting.contracts.models import NamedStaff
from documents.actions import store_file
from kernel.access import Actor
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.models import Suspension
from reporting.compliance.models import BulkAcceptance, ContractMonth, Resolution
from reporting.crisis.models import CaseWorker
from reporting.delivery.models import DiaryImport, Visit
from tenants.models import Invitation, Membership, Organisation, Partnership, RegionMembership, Tenant
from tenants.roles import ANALYST, NGO_ROLES, OPERATOR, UNIT_ROLES, Role
from tenants.rules.invitations import hash_of
from tests.factories.agreements import agreements
from tests.factories.calls import tenant_calls
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    WorkerFactory,
    plan,
    qualify,
    visit,
)
from tests.factories.commissioning import diagnose, make_cycle, make_draft, make_standard
from tests.factories.judging import judged_call, seat_people
from tests.factories.offering import bidding
from tests.factories.people import UserFactory, partner, signed_in_client
from tests.factories.postings import small_grants

# Rows that every request of a signed-in person may touch.
_OF_SESSIONS = ("django_session", "usersessions_usersession")


@dataclass(frozen=True)
class Belongings:
    """What one organisation has in one tenant: one thing of every kind that an address can name."""

    mark: str
    tenant: Tenant
    organisation: Organisation
    partnership: Partnership
    membership: Membership
    invitation: Invitation
    director_invitation: Invitation
    analyst_invitation: Invitation
    region_membership: RegionMembership
    service: Any
    contract: Any
    worker: Any
    qualification: Any
    named_staff: Any
    person: Any
    decision: Any
    suspension: Any
    visit: Visit
    contract_month: ContractMonth
    resolution: Resolution
    bulk_acceptance: BulkAcceptance
    diary_import: DiaryImport
    legal_limit: Any
    payment_table: Any
    month: str
    token: str
    cycle: Cycle
    resource: Resource
    standard: StandardVersion
    draft_standard: StandardVersion
    step_kind: str
    award: Any
    decided_call: Any
    contract_draft: Any
    contract_template: Any
    contract_amendment: Any
    opened_call: Any
    judged_offer: Any
    seat: Any
    criterion: Any
    protocol: Any
    committee: Any
    draft_call: Any
    open_call: Any
    planned_publication: Any
    proven_publication: Any
    question: Any
    demand: Any
    open_lot: Any
    sealed_call: Any
    written_offer: Any
    file_key: str
    sealed_offer: Any
    replacing_offer: Any
    offer_partner: Any
    opened_offer: Any
    opened_file_key: str
    small_call: Any
    posting: Any
    posting_comment: Any
    unposted_offer: Any
    receipt_sequence: int = 1
    offer_section: str = "budget"
    limit_code: str = "call_days_min"
    form_option: str = "entrust"
    mail_key: str = "world.0"
    error_status: int = 409
    more: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """What `things/` of an app gave under this name."""
        if name in self.__dict__.get("more", {}):
            return self.more[name]
        raise AttributeError(f"The world has no {name}: add it to things/ of its app.")

    @property
    def voivodeship(self) -> str:
        return str(self.tenant.voivodeship_id)


def _analyst_invitation(tenant: Tenant) -> Invitation:
    return Invitation.objects.create(
        email=f"analityk-{new_id().hex}@przyklad.test",
        full_name="Iga Zaproszona",
        voivodeship=tenant.voivodeship,
        role=ANALYST,
        token_hash=hash_of(new_id().hex),
        expires_at=timezone.now() + timedelta(days=5),
    )


def _invitation(tenant: Tenant, role: str, organisation: Organisation | None, token: str) -> Invitation:
    return Invitation.objects.create(
        email=f"zaproszenie-{new_id().hex}@przyklad.test",
        full_name="Ola Zaproszona",
        tenant=tenant,
        role=role,
        organisation=organisation,
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(days=5),
    )


def _diary_import(contract: Any) -> DiaryImport:
    file = store_file(
        b"data;start\n",
        name="dziennik.csv",
        content_type="text/csv",
        folder="diary",
        actor=Actor.system("tests"),
    )
    return DiaryImport.objects.create(contract=contract, file=file, state=DiaryImport.State.READY)


def _comparing(cycle: Cycle) -> Cycle:
    """The cycle with one form to be compared."""
    FormOption.objects.get_or_create(cycle=cycle, form="entrust")
    return cycle


def _payment_table(service: Any, today: date) -> PaymentTable:
    """A table that does not hold yet, so that it may be removed."""
    table: PaymentTable = PaymentTable.objects.get_or_create(
        service=service,
        valid_from=today + timedelta(days=60),
        defaults={
            "name": "Tabela",
            "source": "Uchwała",
            "price_per_hour": 30,
            "bands": [band.as_json() for band in NATIONAL_BANDS],
        },
    )[0]
    return table


def _commissioned(service: Any) -> dict[str, Any]:
    """What belongs to the tenant and no organisation: made once, the same for both organisations."""
    cycle = Cycle.objects.first() or diagnose(make_cycle(service))
    versions = StandardVersion.objects
    return {
        "cycle": _comparing(cycle),
        "payment_table": _payment_table(service, timezone.localdate()),
        "resource": Resource.objects.first(),
        "standard": versions.filter(state="published").first() or make_standard(service),
        "draft_standard": versions.filter(state="draft").first() or make_draft(service),
        "step_kind": "contractor_choice",
    }


def _judged(mark: str, organisation: Organisation, rival: Organisation) -> dict[str, Any]:
    """A call whose offers, one of the organisation and one of a rival, a committee has scored."""
    made = judged_call(mark, organisation, rival)
    return {
        "opened_call": made.call,
        "judged_offer": made.offer,
        "seat": made.seat,
        "criterion": made.criterion,
        "protocol": made.protocol,
        "committee": made.committee,
    }


def belongings(tenant: Tenant, mark: str, today: date) -> Belongings:
    """One organisation with one thing of every kind in the tenant; its visits lie in the month before today's.

    Every name and number of it holds the mark, so that a page that must not tell of it can be searched.
    """
    month = Month.of(today).previous()
    token = new_id().hex
    with public_scope():
        organisation = partner(tenant, name=f"Fundacja {mark}")
        membership = Membership.objects.create(
            user=UserFactory(full_name=f"Ewa {mark}"),
            tenant=tenant,
            role=Role.NGO_COORDINATOR,
            organisation=organisation,
        )
        rival = partner(tenant, name=f"Stowarzyszenie {mark}")
        invitation = _invitation(tenant, Role.WORKER, organisation, token)
        director_invitation = _invitation(tenant, Role.DIRECTOR, None, new_id().hex)
        analyst_invitation = _analyst_invitation(tenant)
        region_membership = RegionMembership.objects.create(
            user=UserFactory(full_name=f"Jan {mark}"), voivodeship=tenant.voivodeship
        )
    with tenant_scope(tenant):
        first, last = date(today.year - 1, 1, 1), date(today.year + 1, 12, 31)
        contract = ContractFactory(
            number=f"U/{mark}/1", organisation=organisation, signed_on=first, valid_from=first, valid_to=last
        )
        worker = WorkerFactory(organisation=organisation, code=f"W-{mark}", surname=mark)
        qualify(worker)
        named = NamedStaff.objects.create(contract=contract, worker=worker)
        decision = DecisionFactory(
            number=f"D/{mark}/1",
            person=PersonFactory(code=f"P-{mark}", surname=mark),
            contract=contract,
            issued_on=month.previous().first,
            valid_from=month.previous().first,
            valid_to=last,
        )
        plan(decision, (1, "08:00", 60), (3, "08:00", 90))
        suspension = Suspension.objects.create(
            decision=decision, first_day=today, last_day=today + timedelta(days=2), reason="hospital"
        )
        days = [day for day in month.days() if day.isoweekday() in (1, 3)]
        made = [visit(decision, worker, day, "08:00", 60) for day in days[:-1]]
        belongs = Belongings(
            mark=mark,
            tenant=tenant,
            organisation=organisation,
            partnership=Partnership.objects.get(tenant=tenant, organisation=organisation),
            membership=membership,
            invitation=invitation,
            director_invitation=director_invitation,
            analyst_invitation=analyst_invitation,
            region_membership=region_membership,
            service=contract.service,
            contract=contract,
            worker=worker,
            qualification=worker.qualifications.get(),
            named_staff=named,
            person=decision.person,
            decision=decision,
            suspension=suspension,
            visit=made[0],
            contract_month=ContractMonth.objects.create(
                contract=contract,
                month=month.first,
                state=ContractMonth.State.SUBMITTED,
                submitted_at=timezone.now(),
            ),
            resolution=Resolution.objects.create(
                contract=contract,
                decision=decision,
                month=month.first,
                code="H2",
                subject=str(decision.pk),
                kind=Resolution.Kind.ACKNOWLEDGED,
            ),
            bulk_acceptance=BulkAcceptance.objects.create(month=month.first, finished_at=timezone.now()),
            diary_import=_diary_import(contract),
            legal_limit=LegalLimit.objects.get_or_create(
                code="call_days_min",
                valid_from=today,
                defaults={"value": 30, "unit": "days", "article": "art. 1", "source": "Dz.U."},
            )[0],
            month=str(month),
            token=token,
            **_commissioned(contract.service),
            **agreements(contract, mark, today),
            **_judged(mark, organisation, rival),
            **tenant_calls(),
            **bidding(mark, organisation),
            **small_grants(organisation, rival),
        )
        for file in sorted((Path(__file__).parent / "things").glob("*.py")):
            belongs.more.update(import_module(f"tests.architecture.things.{file.stem}").things(belongs))
        return belongs


@dataclass(frozen=True)
class World:
    """The belongings of two organisations in alfa and of one in beta, and a signed-in client for everybody.

    `members` are by role, those of organisations belong to `own`; `strangers` are the same of beta and `foreign`.
    `stranger` holds all roles of the unit in beta; `guest` is a director of beta and a member of alfa's committee;
    `nobody` has an account and no role anywhere.
    """

    own: Belongings
    other: Belongings
    foreign: Belongings
    members: dict[str, Client]
    strangers: dict[str, Client]
    analyst: Client
    foreign_analyst: Client
    operator: Client
    stranger: Client
    guest: Client
    nobody: Client

    def holders(self, roles: frozenset[str]) -> dict[str, Client]:
        """Members of alfa with one of the roles."""
        return {role: client for role, client in self.members.items() if role in roles}


def build_world(alfa: Tenant, beta: Tenant) -> World:
    """Make the world in the transaction, or the database, at hand."""
    today = timezone.localdate()
    own = belongings(alfa, "Aronia", today)
    other = belongings(alfa, "Berberys", today)
    foreign = belongings(beta, "Cyprys", today)
    members, strangers = (
        {
            role: signed_in_client(role, tenant, mine.organisation if role in NGO_ROLES else None)
            for role in Role
        }
        for tenant, mine in ((alfa, own), (beta, foreign))
    )
    stranger, guest = signed_in_client(Role.DIRECTOR, beta), signed_in_client(Role.COMMITTEE_MEMBER, alfa)
    with public_scope():
        for role in UNIT_ROLES - {Role.DIRECTOR}:
            Membership.objects.create(user=stranger.user, tenant=beta, role=role)
        Membership.objects.create(user=guest.user, tenant=beta, role=Role.DIRECTOR)
    with tenant_scope(alfa):
        sitting = (Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR, Role.COMMITTEE_MEMBER)
        seat_people(own.committee, [members[role].user for role in sitting])
        # Whoever works in a centre sees the cases that they work on only.
        CaseWorker.objects.bulk_create(
            CaseWorker(
                case=own.crisis_case, user_id=members[role].user.pk, name=role, part="deputy", since=today
            )
            for role in (Role.SOCIAL_WORKER, Role.WORKER)
        )
        own.worker.user_id = members[Role.WORKER].user.pk
        own.worker.save(update_fields=["user_id"])
    world = World(
        own=own,
        other=other,
        foreign=foreign,
        members=members,
        strangers=strangers,
        analyst=signed_in_client(ANALYST, voivodeship=own.voivodeship),
        foreign_analyst=signed_in_client(ANALYST, voivodeship=foreign.voivodeship),
        operator=signed_in_client(OPERATOR),
        stranger=stranger,
        guest=guest,
        nobody=signed_in_client(None),
    )
    for client in vars(world).values():
        if isinstance(client, Client):
            _just_seen(client)
    for client in (*members.values(), *strangers.values()):
        _just_seen(client)
    return world


def _just_seen(client: Client) -> None:
    """Each test undoes what its requests write, so each would be the first to note that the person is there."""
    session = client.session
    session.update(dict.fromkeys((SEEN, ACTIVE, PHONE), int(time.time()) + 12 * 3600))
    session.save()


def write_mail(folder: Path) -> None:
    """Put the one mail of the world into the folder of the outbox."""
    text = "From: a@siedem.test\nTo: b@siedem.test\nSubject: Zaproszenie\n\nDzień dobry\n"
    (folder / "world.log").write_text(text, "utf-8")


def rows_written() -> dict[str, int]:
    """Rows inserted, changed and deleted so far in the transaction at hand, by table of any schema.

    PostgreSQL counts them itself, those undone included, so nothing that was written can hide. Its own view of the same
    counts, pg_stat_xact_user_tables, works out all of them for every table, and tests ask thousands of times.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relnamespace::regnamespace || '.' || relname, written FROM ("
            "  SELECT *, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            "    + pg_stat_get_xact_tuples_deleted(oid) AS written"
            "  FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace <> 'pg_catalog'::regnamespace OFFSET 0"
            ") tables WHERE written > 0 AND NOT relname = ANY(%s)",
            [list(_OF_SESSIONS)],
        )
        return dict(cursor.fetchall())
