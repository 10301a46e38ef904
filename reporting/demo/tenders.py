"""The demo's calls in one tenant: a template, and a call at every stage, made by the verbs that people would use."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from contracting.commissioning.models import Service
from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.calls import (
    CriterionLine,
    LotLine,
    copy_call,
    create_call,
    edit_call,
    set_criteria,
    set_lots,
)
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.publications import record_publication
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.actions.questions import answer_question, ask_question
from contracting.tenders.actions.sealing_keys import make_recovery_key
from contracting.tenders.clock import database_now
from contracting.tenders.models import Call, Publication
from kernel.access import Actor
from kernel.periods import local_date, resolve_wall_time
from kernel.tenancy import public_scope
from reporting.demo import tender_texts as texts
from reporting.demo.people import DOMAIN, PASSWORD
from tenants.access import actor_of
from tenants.models import Membership, Organisation, Partnership, Tenant
from tenants.roles import Role

Bidder = tuple[Organisation, User]
_NOON = time(12)
_AGO = timedelta(days=35)
_OPEN_DAYS, _CHOICE_DAYS = 30, 45


def demo_bidders(tenant: Tenant) -> list[Bidder]:
    """Invented organisations in partnership with the tenant, each with its manager."""
    found = []
    with public_scope():
        for name, person, local in texts.BIDDERS:
            organisation, _made = Organisation.objects.get_or_create(
                name=name, defaults={"legal_form": _form(name)}
            )
            Partnership.objects.get_or_create(tenant=tenant, organisation=organisation)
            email = f"{local}@{DOMAIN}"
            user = User.objects.filter(email=email).first() or User.objects.create_user(
                email, PASSWORD, full_name=person
            )
            Membership.objects.get_or_create(
                user=user, tenant=tenant, role=Role.NGO_MANAGER, organisation=organisation, ended_at=None
            )
            found.append((organisation, user))
    return found


def _form(name: str) -> str:
    forms = {
        "Fundacja": Organisation.LegalForm.FOUNDATION,
        "Spółdzielnia": Organisation.LegalForm.COOPERATIVE,
    }
    return str(forms.get(name.split(maxsplit=1)[0], Organisation.LegalForm.ASSOCIATION))


def add_calls(tenant: Tenant, members: dict[str, User]) -> dict[str, Call]:
    """A template and a call at every stage, in the tenant at hand; returns the calls by their key."""
    director = actor_of(members[Role.DIRECTOR])
    make_recovery_key(holders=["dyrektor", "skarbnik miasta", "sekretarz miasta"], actor=director)
    bidders = demo_bidders(tenant)
    calls = {spec.key: publish_demo_call(spec, director) for spec in texts.CALLS}
    copy_call(calls["open"], title=texts.TEMPLATE, as_template=True, actor=director)
    _ask_and_amend(calls["open"], bidders, director)
    annul_call(calls["annulled"], ground=Call.Ground.OTHER, reason=texts.ANNULMENT, actor=director)
    for key in ("sealed", "scoring", "decided"):
        calls[key] = pass_deadline(calls[key])
    return calls


def publish_demo_call(spec: texts.DemoCall, director: Actor) -> Call:
    """A call written section by section, published today with proofs of all three places."""
    today = local_date(timezone.now())
    year = today.year + 1
    service = Service.objects.get(code="care")
    call = create_call(
        title=spec.title.format(year=year), kind=Call.Kind.SUPPORT, service=service, actor=director
    )
    edit_call(call, actor=director, **_fields(spec, today, year))
    lots = [LotLine(name, "", Decimal(funds), hours * 60) for name, funds, hours in spec.parts]
    set_lots(call, lots, actor=director)
    set_criteria(call, [CriterionLine(*row) for row in texts.CRITERIA], actor=director)
    publish_call(call, actor=director)
    for place, url, note in (
        (Publication.Place.BIP, f"https://bip.szczecin.test/konkursy/{spec.key}", ""),
        (Publication.Place.BOARD, "", "Widział inspektor Działu Organizacyjnego."),
    ):
        record_publication(
            call,
            subject=Publication.Subject.ANNOUNCEMENT,
            place=place,
            posted_on=today,
            url=url,
            note=note,
            actor=director,
        )
    call.refresh_from_db()
    return call


def _fields(spec: texts.DemoCall, today: date, year: int) -> dict[str, Any]:
    funds = sum((Decimal(amount) for _name, amount, _hours in spec.parts), Decimal(0))
    return {
        "number": spec.number.format(year=year),
        "task_kind": texts.TASK_KIND,
        "grant_rules": texts.GRANT_RULES,
        "conditions": texts.CONDITIONS,
        "selection": texts.SELECTION,
        "earlier_tasks": texts.EARLIER,
        "contact": texts.CONTACT,
        "funds": funds,
        "grant_max": max(Decimal(amount) for _name, amount, _hours in spec.parts),
        "own_share_min": Decimal(5),
        "task_from": date(year, 1, 1),
        "task_to": date(year, 12, 31),
        "deadline": resolve_wall_time(today + timedelta(days=_OPEN_DAYS), _NOON),
        "decision_due_on": today + timedelta(days=_CHOICE_DAYS),
        "concept_questions": texts.QUESTIONS,
        "required_files": list(texts.FILES),
    }


def _ask_and_amend(call: Call, bidders: list[Bidder], director: Actor) -> None:
    organisation, manager = bidders[0]
    first = ask_question(call, text=texts.QUESTION, organisation_id=organisation.pk, actor=actor_of(manager))
    answer_question(first, answer=texts.ANSWER, actor=director)
    organisation, manager = bidders[1]
    ask_question(call, text=texts.SECOND_QUESTION, organisation_id=organisation.pk, actor=actor_of(manager))
    amend_call(
        call,
        reason=texts.AMENDMENT,
        confirm=True,
        values={"conditions": call.conditions + texts.SUNDAYS},
        actor=director,
    )
    call.refresh_from_db()


def pass_deadline(call: Call) -> Call:
    """Let the call have been published weeks ago and its deadline be now; it is closed. Nothing of offers changes."""
    now = database_now()
    Call.objects.filter(pk=call.pk).update(
        published_at=now - _AGO, deadline=now, decision_due_on=local_date(now) + timedelta(days=10)
    )
    Publication.objects.filter(call=call).update(posted_on=local_date(now - _AGO))
    return close_if_due(Call.objects.get(pk=call.pk))
