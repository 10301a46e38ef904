"""The demo's commitments of a contract that has run for months, and evaluations with the outcomes of the pilots."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.commissioning.actions import create_cycle
from contracting.commissioning.models import Cycle, Service
from contracting.contracts.models import Commitment, Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.evaluation.actions.evaluating import finish_evaluation, plan_evaluation
from reporting.evaluation.actions.measuring import keep_measurements
from reporting.evaluation.actions.outcomes import save_outcome
from reporting.evaluation.models import Evaluation, OutcomeKind, StatedValue
from reporting.evaluation.queries.promises import PromisesOf
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

# The one has a cycle, the other slips in its diary.
_WITH_COMMITMENTS = frozenset({"szczecin", "barlinek"})
# Part of the concept, what is promised, direction, value, unit, measure, how.
_COMMITMENTS = (
    ("organisation", "Do osoby przychodzi ta sama opiekunka", "at_least", "80", "%", "same_carer", ""),
    ("replacement", "Zastępstwo przychodzi w ciągu 4 godzin", "at_most", "4", "h", "replacement_hours", ""),
    ("organisation", "Wizyty odbywają się zgodnie z planem", "at_least", "95", "%", "visits_on_plan", ""),
    ("organisation", "Wizyty zaczynają się punktualnie", "at_least", "90", "%", "punctual_visits", ""),
    ("organisation", "Przychodzą opiekunki po kursie", "at_least", "100", "%", "qualified_staff", ""),
    ("organisation", "Godziny wieczorem i w weekendy", "at_least", "10", "h", "evening_hours", ""),
    (
        "extras",
        "Dodatkowe zajęcia dla osób",
        "at_least",
        "4",
        "zajęcia",
        "reported",
        "z list obecności, dostępnych w biurze organizacji",
    ),
)
_HELD = ("4", "5", "3")
_QUESTIONS = (
    ("Czy osoby dostają to, co im przyznano?", "figures", "porównanie miesięczne"),
    ("Co zmieniło się w życiu osób?", "interview", "osoby i rodziny"),
)
# Entries of the dictionary with which every tenant begins.
_KINDS = {
    "employment": "osoby, które podjęły zatrudnienie",
    "left_aid": "osoby, które wyszły z systemu pomocy",
    "lower_aid": "osoby, którym obniżono pomoc",
    "benefits": "świadczenia wypłacone wobec planu",
    "activity": "osoby aktywne w przezwyciężaniu trudnej sytuacji",
}
# Of the reports of the pilots: kind, name, direction, target in percent, part, whole. What was paid against the plan
# is given there as a percentage only: so it stands for each 100 zł planned.
_OUTCOMES = {
    "kolobrzeg": (
        ("employment", "Zatrudnienie w różnych formach", "at_least", "20", "29", "81"),
        ("left_aid", "Rodziny, które wyszły z systemu pomocy", "at_least", "20", "20", "66"),
        ("lower_aid", "Rodziny ze wsparciem niższym niż planowane", "at_least", "10", "15", "66"),
        ("benefits", "Świadczenia wypłacone na każde 100 zł planu", "at_most", "100", "83.36", "100"),
    ),
    "warszawa": (
        ("activity", "Aktywność w przezwyciężaniu trudnej sytuacji", "at_least", "50", "2046", "3232"),
    ),
}


def add_evaluation(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Commitments in the contracts of two tenants, measured in its accepted months; outcomes of pilots and a plan."""
    if tenant.slug in _WITH_COMMITMENTS:
        _promise(members)
        for cycle in Cycle.objects.all()[:1]:
            _plan(cycle, members)
    if tenant.slug in _OUTCOMES:
        _judge(tenant.slug, members)


def _plan(cycle: Cycle, members: dict[str, Any]) -> None:
    """A partial evaluation half-way and a final one at the end of a cycle that has not begun to be delivered yet."""
    director = members[Role.DIRECTOR]
    half = cycle.period_from + (cycle.period_to - cycle.period_from) / 2
    for kind, title, due in (
        (Evaluation.Kind.PARTIAL, "Ewaluacja w połowie cyklu", half),
        (Evaluation.Kind.FINAL, "Ewaluacja końcowa", cycle.period_to),
    ):
        plan_evaluation(
            cycle,
            {"kind": kind, "title": title, "due_on": due, "owner_id": director.pk, "summary": ""},
            questions=[
                {"question": question, "technique": technique, "source": source, "finding": ""}
                for question, technique, source in _QUESTIONS
            ],
            actor=actor_of(director),
        )


def _judge(slug: str, members: dict[str, Any]) -> None:
    """The pilot of one tenant as a cycle with the outcomes that its report gives; invented is nothing but its frame."""
    director = members[Role.DIRECTOR]
    actor = actor_of(director)
    service, _made = Service.objects.get_or_create(code="social_work", defaults={"name": "Praca socjalna"})
    cycle = create_cycle(
        service=service,
        title="Pilotaż standardu 2012–2013",
        period_from=date(2012, 6, 1),
        period_to=date(2013, 11, 30),
        actor=actor,
    )
    for kind, name, direction, target, part, whole in _OUTCOMES[slug]:
        values = {
            "kind": OutcomeKind.objects.get(name=_KINDS[kind]),
            "name": name,
            "direction": direction,
            "target": Decimal(target),
            "result_part": Decimal(part),
            "result_whole": Decimal(whole),
            "source": "sprawozdanie z pilotażu",
        }
        save_outcome(cycle, None, values, actor=actor)
    evaluation = plan_evaluation(
        cycle,
        {
            "kind": Evaluation.Kind.FINAL,
            "title": "Ewaluacja końcowa pilotażu",
            "due_on": date(2013, 11, 30),
            "owner_id": director.pk,
            "summary": "Wskaźniki aktywności są wyraźnie wyższe niż osiągane dotychczas.",
        },
        questions=[
            {
                "question": "Czy osoby objęte usługą wychodzą z trudnej sytuacji?",
                "technique": "figures",
                "source": "sprawozdanie z pilotażu",
                "finding": "Tak; liczby stoją przy rezultatach cyklu.",
            }
        ],
        recommendations=[
            {
                "text": "Utrzymać standard usługi i mniejszą liczbę środowisk na pracownika",
                "addressee": "dyrektor",
                "due_on": None,
                "is_lesson": True,
            }
        ],
        actor=actor,
    )
    finish_evaluation(evaluation, actor=actor)


def _promise(members: dict[str, Any]) -> None:
    contract = Contract.objects.filter(decisions__isnull=False).order_by("valid_from").first()
    if contract is None:
        return
    Commitment.objects.bulk_create(
        Commitment(
            contract=contract,
            position=position,
            part=part,
            indicator=indicator,
            direction=direction,
            promised=Decimal(promised),
            unit=unit,
            measure=measure,
            method=method,
        )
        for position, (part, indicator, direction, promised, unit, measure, method) in enumerate(
            _COMMITMENTS, start=1
        )
    )
    months = list(
        ContractMonth.objects.filter(contract=contract, accepted_at__isnull=False)
        .order_by("month")
        .values_list("month", flat=True)
    )
    coordinator, director = members[Role.NGO_COORDINATOR], members[Role.DIRECTOR]
    promises = PromisesOf(contract)
    StatedValue.objects.bulk_create(
        StatedValue(
            contract=contract,
            month=month,
            key=promises.in_month(Month.of(month))[-1].key,
            value=Decimal(held),
            evidence="Listy obecności z zajęć w klubie seniora",
            side=StatedValue.Side.ORGANISATION,
            stated_by=coordinator.pk,
            stated_by_name=coordinator.full_name,
            # The newest waits for somebody of the unit who looks at the list.
            confirmed_at=None if month == months[-1] else timezone.now(),
            confirmed_by_name="" if month == months[-1] else director.full_name,
        )
        for month, held in zip(months, _HELD, strict=False)
    )
    for month in months:
        keep_measurements(month=month, actor=Actor.system("load_demo"))
