"""Loading the demo: tenants, people who sign in, care and three months of diaries, once."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.actions import import_care
from reporting.care.document import read_care_document
from reporting.compliance.actions import accept_month, submit_month
from reporting.demo import people
from reporting.demo.advice import add_advice
from reporting.demo.casework import add_casework
from reporting.demo.contacts import add_contacts
from reporting.demo.continuity import add_continuity
from reporting.demo.crisis import add_crisis
from reporting.demo.cycle import load_cycle
from reporting.demo.evaluation import add_evaluation
from reporting.demo.exchange import add_exchange
from reporting.demo.field import add_field
from reporting.demo.planning import plan_cycle
from reporting.demo.sending import close_quarters
from reporting.demo.services import add_services
from reporting.demo.settlement import add_settlement
from reporting.demo.slips import add_new_carer, add_slips, cap_contract
from reporting.demo.specialist import add_specialist
from reporting.demo.supervision import add_supervision
from reporting.demo.tenders import add_calls
from reporting.demo.visits import store_visits
from reporting.demo.world import DemoWorld, add_diary, build_world, pilots
from reporting.statistics.actions.consenting import approve_pushing
from reporting.statistics.actions.publishing import periods_to_publish, publish
from tenants.access import actor_of
from tenants.actions import create_tenant
from tenants.models import Organisation, Partnership, Tenant, Territory
from tenants.roles import Role

_ACTOR = Actor.system("load_demo")
# Who has got how far with the month before the newest: accepted, handed in, or still open.
_ACCEPTED, _SUBMITTED = frozenset({"dzialdowo", "wieliczka"}), frozenset({"barlinek", "szczecin"})
_WITH_SLIPS, _OVER_CAP = "barlinek", "szczecin"
# Where every role signs in, and where a service is being organised from its diagnosis on.
_EVERY_ROLE, _WITH_CYCLE = frozenset({"barlinek", "szczecin"}), "szczecin"
_SHORT_BY_MINUTES = 600
# Three months to work with (accepted, handed in, open), and two before them so that the region has a line to look at.
_MONTHS_BEHIND = 4

Say = Callable[[str], None]
# What each app adds to a tenant of the demo, in the tenant, after its months: `add(tenant, members, today)`.
_ADDITIONS: tuple[Callable[[Tenant, dict[str, Any], date], None], ...] = (
    add_settlement,
    add_specialist,
    add_supervision,
    add_evaluation,
    add_continuity,
    add_field,
    add_crisis,
    add_advice,
    add_services,
    add_casework,
    add_exchange,
    # Last: what the others have added is counted.
    close_quarters,
)


def load_demo(*, today: date, say: Say) -> int:
    """Make the demo's tenants that are not there yet; returns how many. The newest month is today's and stays open.

    Raises DomainError `not_local` where the settings are those of a real installation.
    """
    if not settings.LOCAL:
        raise DomainError(
            "not_local",
            _("The demo has people with a known password; it may be loaded on a local machine only."),
        )
    made = 0
    for pilot in pilots():
        if not Tenant.objects.filter(slug=pilot["slug"]).exists():
            with transaction.atomic():
                _load_tenant(pilot, today)
            made += 1
            say(str(pilot["unit_name"]))
    people.add_analysts()
    people.add_operator()
    for kind, period in periods_to_publish(today):
        publish(kind, period, actor=_ACTOR)
    return made


def _load_tenant(pilot: dict[str, Any], today: date) -> None:
    tenant = create_tenant(
        slug=pilot["slug"],
        name=pilot["name"],
        kind=pilot["kind"],
        territory=Territory.objects.get(pk=pilot["terc"]),
        unit_name=pilot["unit_name"],
        unit_type=pilot["unit_type"],
        population=pilot["population"],
        actor=_ACTOR,
    )
    organisations = [_partner(tenant, name) for name in pilot["partners"]]
    with_care = "care" in pilot
    members = people.add_members(
        tenant, organisations[0] if organisations else None, every_role=tenant.slug in _EVERY_ROLE
    )
    with tenant_scope(tenant):
        approve_pushing(actor=actor_of(members[Role.DIRECTOR]))
    if with_care:
        with tenant_scope(tenant):
            world = _world(pilot, Month.of(today), today - timedelta(days=1))
            document = read_care_document(BytesIO(json.dumps(world.document).encode()))
            import_care(document, actor=_ACTOR)
            store_visits(world)
            people.name_carer(members)
            _close_months(tenant.slug, Month.of(today), members)
            if tenant.slug == _WITH_CYCLE:
                cycle = load_cycle(members, today=today)
                plan_cycle(cycle, members)
                add_calls(tenant, members, cycle, today=today)
    with tenant_scope(tenant):
        for add in _ADDITIONS:
            add(tenant, members, today)


def _partner(tenant: Tenant, name: str) -> Organisation:
    legal_form = (
        Organisation.LegalForm.COMPANY if "sp. z o.o." in name else Organisation.LegalForm.ASSOCIATION
    )
    organisation, _made = Organisation.objects.get_or_create(name=name, defaults={"legal_form": legal_form})
    Partnership.objects.get_or_create(tenant=tenant, organisation=organisation)
    return organisation


def _world(pilot: dict[str, Any], newest: Month, until: date) -> DemoWorld:
    behind = _months_behind(newest)
    world = build_world(pilot, [*behind, newest])
    last = behind[-1]
    for month in (*behind, newest):
        add_diary(world, month, until, pilot["slug"])
    if pilot["slug"] == _WITH_SLIPS:
        add_new_carer(world, last, pilot["partners"][0])
        add_slips(world, last)
        add_contacts(world)
    if pilot["slug"] == _OVER_CAP:
        cap_contract(world, last, _SHORT_BY_MINUTES)
    return world


def _close_months(slug: str, newest: Month, members: dict[str, Any]) -> None:
    """Hand in and accept what lies behind, by the people who would do it."""
    contract = Contract.objects.get()
    coordinator, director = actor_of(members[Role.NGO_COORDINATOR]), actor_of(members[Role.DIRECTOR])
    *earlier, last = _months_behind(newest)
    for month in earlier:
        submit_month(contract, month, actor=coordinator)
        accept_month(contract, month, actor=director)
    if slug in _ACCEPTED | _SUBMITTED:
        submit_month(contract, last, actor=coordinator)
    if slug in _ACCEPTED:
        accept_month(contract, last, actor=director)


def _months_behind(newest: Month) -> list[Month]:
    """The finished months of the demo, oldest first."""
    months = [newest.previous()]
    while len(months) < _MONTHS_BEHIND:
        months.insert(0, months[0].previous())
    return months
