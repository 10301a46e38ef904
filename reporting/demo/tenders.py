"""The demo's calls in one tenant: a template, and a call at every stage, made by the verbs that people would use."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from contracting.commissioning.models import Cycle, Service
from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.calls import (
    CriterionLine,
    LotLine,
    copy_call,
    create_call,
    create_from_cycle,
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
from reporting.demo.agreements import add_contracts
from reporting.demo.judging import appoint_demo_committee, judge_demo_call
from reporting.demo.offers import open_demo_offers, write_demo_offers
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


def add_calls(tenant: Tenant, members: dict[str, User], cycle: Cycle, *, today: date) -> dict[str, Call]:
    """A template and a call at every stage, in the tenant at hand, with offers, committees, results and contracts.

    The decided one is of the cycle. Returns the calls by their key.
    """
    head = members[Role.DIRECTOR]
    director = actor_of(head)
    make_recovery_key(holders=["dyrektor", "skarbnik miasta", "sekretarz miasta"], actor=director)
    bidders = demo_bidders(tenant)
    calls = {
        spec.key: publish_demo_call(spec, director, cycle if spec.key == "decided" else None)
        for spec in texts.CALLS
    }
    copy_call(calls["open"], title=texts.TEMPLATE, as_template=True, actor=director)
    write_demo_offers(calls["open"], bidders, handed_in=False)
    _ask_and_amend(calls["open"], bidders, director)
    annul_call(calls["annulled"], ground=Call.Ground.OTHER, reason=texts.ANNULMENT, actor=director)
    for key in ("sealed", "scoring", "decided"):
        write_demo_offers(calls[key], bidders, handed_in=True)
        appoint_demo_committee(calls[key], head)
        calls[key] = pass_deadline(calls[key])
    for key in ("scoring", "decided"):
        open_demo_offers(calls[key])
        calls[key] = judge_demo_call(Call.objects.get(pk=calls[key].pk), stage=key, director=head)
    _prove(calls["decided"], Publication.Subject.RESULTS, director)
    _prove(calls["annulled"], Publication.Subject.ANNULMENT, director)
    add_contracts(calls["decided"], members, today)
    return calls


def publish_demo_call(spec: texts.DemoCall, director: Actor, cycle: Cycle | None = None) -> Call:
    """A call written section by section, published today with proofs of all three places.

    One of a cycle keeps what the cycle decided: its form, money, dates, scope and part.
    """
    today = local_date(timezone.now())
    year = today.year + 1
    title = spec.title.format(year=year)
    if cycle is None:
        service = Service.objects.get(code="care")
        call = create_call(title=title, kind=Call.Kind.SUPPORT, service=service, actor=director)
        edit_call(call, actor=director, **_texts(spec, today), **_money(spec, today))
        lots = [LotLine(name, "", Decimal(funds), hours * 60) for name, funds, hours in spec.parts]
        set_lots(call, lots, actor=director)
    else:
        call = create_from_cycle(cycle, title=title, actor=director)
        kept = {"task_kind", "conditions"}
        own = {name: value for name, value in _texts(spec, today).items() if name not in kept}
        first = _first_day(call.task_from or today, own["deadline"])
        edit_call(call, actor=director, **own, grant_max=call.funds, task_from=first)
    set_criteria(call, [CriterionLine(*row) for row in texts.CRITERIA], actor=director)
    publish_call(call, actor=director)
    _prove(call, Publication.Subject.ANNOUNCEMENT, director)
    call.refresh_from_db()
    return call


def _prove(call: Call, subject: Publication.Subject, director: Actor) -> None:
    """Today's proofs of the Bulletin and of the board at the seat."""
    address = f"https://bip.szczecin.test/konkursy/{call.pk.hex[-6:]}/{subject}"
    for place, url, note in (
        (Publication.Place.BIP, address, ""),
        (Publication.Place.BOARD, "", "Widział inspektor Działu Organizacyjnego."),
    ):
        record_publication(
            call,
            subject=subject,
            place=place,
            posted_on=local_date(timezone.now()),
            url=url,
            note=note,
            actor=director,
        )


def _deadline(today: date) -> datetime:
    return resolve_wall_time(today + timedelta(days=_OPEN_DAYS), _NOON)


def _texts(spec: texts.DemoCall, today: date) -> dict[str, Any]:
    return {
        "number": spec.number.format(year=today.year + 1),
        "task_kind": texts.TASK_KIND,
        "grant_rules": texts.GRANT_RULES,
        "conditions": texts.CONDITIONS,
        "selection": texts.SELECTION,
        "earlier_tasks": texts.EARLIER,
        "contact": texts.CONTACT,
        "deadline": _deadline(today),
        "decision_due_on": today + timedelta(days=_CHOICE_DAYS),
        "concept_questions": texts.QUESTIONS,
        "required_files": list(texts.FILES),
    }


def _first_day(wanted: date, deadline: datetime) -> date:
    """The day on which a task begins: as wanted, or in December, when offers come later, a month's first after that."""
    last = local_date(deadline)
    return wanted if wanted > last else (last.replace(day=1) + timedelta(days=32)).replace(day=1)


def _money(spec: texts.DemoCall, today: date) -> dict[str, Any]:
    year = today.year + 1
    amounts = [Decimal(amount) for _name, amount, _hours in spec.parts]
    return {
        "funds": sum(amounts, Decimal(0)),
        "grant_max": max(amounts),
        "own_share_min": Decimal(5),
        "task_from": _first_day(date(year, 1, 1), _deadline(today)),
        "task_to": date(year, 12, 31),
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
