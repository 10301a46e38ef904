"""Contracts of the demo for advice and for crisis intervention: their promises, dossiers, a sample and a survey."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from contracting.commissioning.models import Service
from contracting.contracts.models import Commitment, Contract, Tranche
from kernel.access import Actor
from kernel.periods import WARSAW, Month
from reporting.advice.models import Appointment
from reporting.care.models import Person
from reporting.crisis.actions import (
    CaseOpening,
    SessionEntry,
    note_asking,
    open_case,
    record_session,
    write_document,
)
from reporting.crisis.models import Duty
from reporting.demo.crisis_texts import CARDS
from reporting.settlement import actions as settling
from reporting.supervision import actions
from reporting.supervision.actions import InspectionPlan, QuestionnaireEntry, SurveyPlan
from tenants.access import actor_of
from tenants.models import Organisation, Tenant
from tenants.roles import Role

# Where people of every role can look around.
_WHERE = "barlinek"
# So many of those who got advice are registered persons; the others stay behind their aliases.
_REGISTERED = 8
_QUESTIONS: list[dict[str, Any]] = [
    {"kind": "scale", "text": "Czy porada pomogła w Państwa sprawie?", "options": []},
    {"kind": "choice", "text": "Czy na poradę czekali Państwo za długo?", "options": ["tak", "nie"]},
    {"kind": "text", "text": "Co należałoby zmienić?", "options": []},
]
# What is promised, direction, value, measure.
_ADVICE = (
    ("Na pierwszą poradę czeka się najwyżej 10 dni", "at_most", "10", "advice_wait_days"),
    ("Pierwsza porada jest w terminie", "at_least", "80", "advice_in_term"),
    ("Na umówione porady ludzie przychodzą", "at_most", "15", "no_show"),
    ("W miesiącu odbywa się co najmniej 20 porad", "at_least", "20", "sessions"),
)
_CRISIS = (
    ("Przez całą dobę ktoś dyżuruje", "at_least", "100", "duty_staffed"),
    ("Przez całą dobę dyżurują dwie osoby", "at_least", "95", "duty_full"),
)


def add_services(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Two contracts of one organisation: the month before the last is concluded, the last waits for its report."""
    if tenant.slug != _WHERE:
        return
    partners = Organisation.objects.filter(partnerships__tenant=tenant)
    organisation = partners.order_by("partnerships__pk").first()
    if organisation is None:
        return
    last = Month.of(today).previous()
    advice = _contract(
        "P", "Poradnictwo specjalistyczne", organisation, last.previous(), _ADVICE, minutes=9000
    )
    crisis = _contract("K", "Interwencja kryzysowa", organisation, last.previous(), _CRISIS)
    _advise(advice)
    _intervene(crisis, last, today, members)
    director, provider = actor_of(members[Role.DIRECTOR]), actor_of(members[Role.NGO_COORDINATOR])
    for contract, verdict in ((advice, "raise"), (crisis, "keep")):
        _dossier(contract, last.previous(), verdict, director, provider)
    _pay(advice, crisis, last, actor_of(members.get(Role.ACCOUNTANT) or members[Role.DIRECTOR]))
    _inspect(advice, "cards", last, today, members[Role.INSPECTOR])
    _inspect(crisis, "cases", last, today, members[Role.INSPECTOR])
    for contract, title, audience in (
        (advice, "Porady w oczach osób, które z nich korzystają", "advised"),
        (crisis, "Pomoc w kryzysie", "crisis"),
    ):
        draft = actions.write_questionnaire(QuestionnaireEntry(title, audience, _QUESTIONS), actor=director)
        asked = actions.publish_questionnaire(draft, actor=director)
        closes = today + timedelta(days=14)
        plan = SurveyPlan(last, last, "random", 6, closes, f"{last}-{audience}")
        actions.start_survey(contract, asked, plan, actor=director)


def _contract(
    letter: str,
    service: str,
    organisation: Organisation,
    month: Month,
    promised: Sequence[tuple[str, str, str, str]],
    *,
    minutes: int | None = None,
) -> Contract:
    made: Contract = Contract.objects.create(
        number=f"U/{letter}/{month.year}",
        service=Service.objects.create(code=f"service-{letter.lower()}", name=service),
        organisation=organisation,
        signed_on=month.first,
        valid_from=month.first,
        valid_to=date(month.year + 1, 12, 31),
        price_per_hour=Decimal("120.00"),
        cap_minutes=minutes,
    )
    for position, (indicator, direction, value, measure) in enumerate(promised, start=1):
        Commitment.objects.create(
            contract=made,
            position=position,
            indicator=indicator,
            direction=direction,
            promised=Decimal(value),
            measure=measure,
        )
    return made


def _pay(advice: Contract, crisis: Contract, last: Month, accountant: Actor) -> None:
    """Advice is paid by invoices, of which one is paid; crisis intervention by a grant, with its first tranche."""
    Contract.objects.filter(pk=advice.pk).update(procured=True, amount=Decimal(18_000))
    Contract.objects.filter(pk=crisis.pk).update(amount=Decimal(96_000))
    month, paid_on = last.previous(), last.days()[9]
    advice.refresh_from_db()
    settling.record_paid_invoice(
        advice,
        settling.InvoiceTerms(f"P/{month.month:02d}/{month.year}", month.last, Decimal(1_500)),
        settling.PaidFor(month.first, month.last, paid_on),
        actor=accountant,
    )
    Tranche.objects.create(contract=crisis, year=month.year, amount=Decimal(24_000))
    settling.record_tranche_payment(
        crisis, year=month.year, paid_on=month.first, amount=Decimal(12_000), actor=accountant
    )


def _advise(contract: Contract) -> None:
    """All advice of the organisation is given under the contract, some of it to registered persons."""
    advice = Appointment.objects.filter(
        adviser__organisation=contract.organisation, date__gte=contract.valid_from
    )
    advice.update(contract=contract)
    aliases = list(advice.exclude(alias="").order_by("alias").values_list("alias", flat=True).distinct())
    for alias, person in zip(aliases[:_REGISTERED], Person.objects.order_by("code"), strict=False):
        advice.filter(alias=alias).update(person=person, alias="")


def _intervene(contract: Contract, last: Month, today: date, members: dict[str, Any]) -> None:
    """Cases of registered persons, under an alias and anonymous; two people on duty but for one weekend."""
    worker = actor_of(members[Role.NGO_COORDINATOR])
    people = list(Person.objects.order_by("-code")[:4])
    for place, (identity, asking) in enumerate(
        (
            ("person", "agreed"),
            ("person", "agreed"),
            ("person", "unsafe"),
            ("person", "unknown"),
            ("alias", "unknown"),
            ("anonymous", "unknown"),
        )
    ):
        begins = datetime.combine(last.first + timedelta(days=2 + 3 * place), time(11, 30), WARSAW)
        person = people[place] if identity == "person" else None
        alias = "Pani Zofia" if identity == "alias" else ""
        opening = CaseOpening(begins, "place", identity, contract, person, alias)
        case = open_case(opening, actor=worker)
        if asking != "unknown":
            note_asking(case, asking=asking, actor=worker)
        for kind, fields in CARDS[: place % 3]:
            write_document(case, kind, fields, actor=worker)
        for days in (1, 4)[: 1 + place % 2]:
            entry = SessionEntry(
                starts_at=begins + timedelta(days=days),
                minutes=60,
                state="done",
                place="office",
                worker_id=members[Role.NGO_COORDINATOR].pk,
            )
            record_session(case, entry, actor=worker)
    _watch(contract, today, members)


def _watch(contract: Contract, today: date, members: dict[str, Any]) -> None:
    staff = [members[role] for role in (Role.NGO_COORDINATOR, Role.WORKER) if role in members]
    duties = []
    day = contract.valid_from
    while day <= today + timedelta(days=15):
        for place, one in enumerate(staff):
            # One weekend of the month there is nobody beside the first.
            if place and day.isoweekday() > 5 and day.day < 8:
                continue
            start = datetime.combine(day, time(), WARSAW)
            end = datetime.combine(day + timedelta(days=1), time(), WARSAW)
            duties.append(
                Duty(
                    organisation=contract.organisation,
                    user_id=one.pk,
                    name=one.full_name,
                    starts_at=start,
                    ends_at=end,
                )
            )
        day += timedelta(days=1)
    Duty.objects.bulk_create(duties)


def _dossier(contract: Contract, month: Month, verdict: str, director: Actor, provider: Actor) -> None:
    actions.report_problems(
        contract,
        month,
        problems="W drugiej połowie miesiąca chorował jeden z doradców.",
        measures="Umówione osoby przyjęli pozostali doradcy.",
        actor=provider,
    )
    reason = (
        "Zgłoszeń przybywa; godziny wystarczą do listopada."
        if verdict == "raise"
        else "Usługa działa dobrze."
    )
    actions.recommend_on_service(contract, month, verdict=verdict, reason=reason, actor=director)
    actions.conclude_dossier(contract, month, conclusions="Usługa przebiega zgodnie z umową.", actor=director)


def _inspect(contract: Contract, of: str, month: Month, today: date, inspector: Any) -> None:
    actor = actor_of(inspector)
    day = today - timedelta(days=2)
    plan = InspectionPlan("documents", "Kompletność dokumentacji", day, inspector.full_name, inspector.pk)
    row = actions.plan_inspection(contract, plan, actor=actor)
    row = actions.draw_sample(
        row, of=of, method="random", size=4, month=month, seed=f"{month}-{of}", actor=actor
    )
    for item in row.items.all()[:2]:
        answers = {place: check["answer"] or "yes" for place, check in enumerate(item.checks)}
        actions.check_item(item, answers, actor=actor)
