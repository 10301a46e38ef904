"""Supervision of the demo: inspections at every stage, dossiers of two months, tasks to change decisions, breaches."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.demo.surveys import add_surveys
from reporting.supervision import actions
from reporting.supervision.actions import ControlEntry, FindingEntry, InspectionPlan, RecommendationEntry
from reporting.supervision.models import Breach, Inspection
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

# Where the sources tell of a section of control (S-064), and where the demo looks at every page.
_WHERE = frozenset({"barlinek", "szczecin"})
_CHECKED, _WITH_SURVEYS = 2, "barlinek"


def add_supervision(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Inspections planned, held, sent and closed; dossiers of the last two months; three breaches, own controls."""
    if tenant.slug not in _WHERE:
        return
    # The contract under which care is delivered; others may be signed for the year to come.
    serving = Contract.objects.filter(decisions__isnull=False, valid_from__lt=today)
    contract = serving.select_related("service", "organisation").order_by("valid_from", "number").first()
    if contract is None:
        return
    inspector, director = members[Role.INSPECTOR], actor_of(members[Role.DIRECTOR])
    provider, last = actor_of(members[Role.NGO_COORDINATOR]), Month.of(today).previous()
    _plan(contract, "homes", "Jakość usług w domach, rozmowy z osobami", today + timedelta(days=6), inspector)
    _held(contract, today - timedelta(days=3), last, inspector)
    sent = _sent(contract, today - timedelta(days=12), last, inspector, today)
    _closed(contract, today - timedelta(days=40), last.previous(), inspector, provider, today)
    _dossiers(contract, last, director, provider)
    _breaches(contract, sent, last, director, provider)
    _controls(contract, today, provider)
    if tenant.slug == _WITH_SURVEYS:
        add_surveys(contract, today, director)


def _plan(contract: Contract, kind: str, subject: str, day: date, inspector: Any) -> Inspection:
    plan = InspectionPlan(kind, subject, day, inspector.full_name, inspector.pk)
    return actions.plan_inspection(contract, plan, actor=actor_of(inspector))


def _held(contract: Contract, day: date, month: Month, inspector: Any) -> Inspection:
    actor = actor_of(inspector)
    row = _plan(contract, "documents", "Karty pierwszego kontaktu i dzienniczki", day, inspector)
    row = actions.draw_sample(
        row, of="decisions", method="random", size=4, month=month, seed=f"{month}-dokumenty", actor=actor
    )
    for item in row.items.all()[:_CHECKED]:
        answers = dict.fromkeys(range(len(item.checks)), "yes") | {2: "no", 7: "na"}
        actions.check_item(item, answers, note="Plan wizyt sprzed zmiany godzin", actor=actor)
    row = actions.write_protocol(
        row,
        held_on=day,
        present="koordynatorka usług",
        protocol="Obejrzano dokumentację wylosowanych decyzji w siedzibie organizacji.",
        actor=actor,
    )
    checked = row.items.filter(checked_at__isnull=False).first()
    entry = FindingEntry("minor", "Plany wizyt nie zostały zaktualizowane po zmianie godzin.", checked)
    actions.save_finding(row, entry, actor=actor)
    return row


def _with_finding(
    contract: Contract, day: date, month: Month, inspector: Any, entry: FindingEntry
) -> Inspection:
    """An inspection of visits whose protocol is sent."""
    actor = actor_of(inspector)
    row = _plan(contract, "both", "Wizyty najdalsze od planu", day, inspector)
    row = actions.draw_sample(row, of="visits", method="variance", size=3, month=month, actor=actor)
    for item in row.items.all():
        actions.check_item(item, dict.fromkeys(range(len(item.checks)), "yes"), actor=actor)
    row = actions.write_protocol(
        row,
        held_on=day,
        present="kierowniczka organizacji",
        protocol="Sprawdzono wpisy wizyt i rozmawiano z osobami objętymi opieką.",
        actor=actor,
    )
    actions.save_finding(row, entry, actor=actor)
    return actions.send_protocol(row, actor=actor)


def _sent(contract: Contract, day: date, month: Month, inspector: Any, today: date) -> Inspection:
    due = today + timedelta(days=9)
    entry = FindingEntry(
        "major",
        "W trzech wizytach brak odnotowanych czynności.",
        recommendations=[
            RecommendationEntry("Uzupełnić czynności w dzienniczkach.", "koordynator organizacji", due),
            RecommendationEntry("Przeszkolić opiekunki z prowadzenia dzienniczka.", "kierownik", due),
        ],
    )
    return _with_finding(contract, day, month, inspector, entry)


def _closed(
    contract: Contract, day: date, month: Month, inspector: Any, provider: Actor, today: date
) -> None:
    actor = actor_of(inspector)
    recommended = RecommendationEntry(
        "Uzupełnić podpisy osób w dzienniczkach.", "koordynator organizacji", today
    )
    entry = FindingEntry("major", "Dzienniczki bez podpisu osoby.", recommendations=[recommended])
    row = _with_finding(contract, day, month, inspector, entry)
    actions.answer_protocol(row, answer="Podpisy zostaną uzupełnione.", actor=provider)
    one = row.findings.get().recommendations.get()
    actions.report_recommendation(one, report="Podpisy uzupełniono.", actor=provider)
    actions.follow_up_recommendation(one, done=True, note="Obejrzano dzienniczki, podpisy są.", actor=actor)
    actions.close_inspection(row, note="Zalecenie wykonano.", actor=actor)


def _dossiers(contract: Contract, last: Month, director: Actor, provider: Actor) -> None:
    for month, problems, measures in (
        (last.previous(), "Choroba jednej opiekunki w połowie miesiąca.", "Zastępstwo następnego dnia."),
        (last, "Dwie osoby odmawiały wizyt w weekendy.", "Uzgodniono z ośrodkiem inne dni."),
    ):
        actions.report_problems(contract, month, problems=problems, measures=measures, actor=provider)
    decisions = list(
        Decision.objects.filter(contract=contract, minutes__isnull=False, amended_by__isnull=True)
        .in_force_on(last.last)
        .order_by("number")[:3]
    )
    verdicts = (("raise", 120), ("lower", -60), ("keep", 0))
    for decision, (verdict, change) in zip(decisions, verdicts, strict=False):
        actions.recommend_on_decision(
            contract,
            last,
            decision,
            verdict=verdict,
            reason="Wykonanie z trzech ostatnich miesięcy i rozmowa z pracownikiem socjalnym.",
            proposed_minutes=max(decision.minutes + change, 1) if change else None,
            actor=director,
        )
    told = "Usługa przebiega zgodnie z decyzjami; wymiary bez zmian."
    actions.conclude_dossier(contract, last.previous(), conclusions=told, actor=director)


def _breaches(contract: Contract, found: Inspection, last: Month, director: Actor, provider: Actor) -> None:
    basis = "§ 9 ust. 1 umowy"
    actions.report_breach(
        contract,
        facts="Brak czynności w dzienniczkach mimo wcześniejszego zalecenia.",
        basis=basis,
        inspection=found,
        actor=director,
    )
    answered = actions.report_breach(
        contract, facts="Zastępstwo po dwóch dniach zamiast w ciągu doby.", basis=basis, actor=director
    )
    actions.answer_breach(answered, answer="Opiekunka zachorowała w święto.", actor=provider)
    decided = actions.report_breach(
        contract, facts="Dzienniczek oddany po terminie.", basis="§ 6 ust. 3 umowy", actor=director
    )
    actions.answer_breach(decided, answer="Awaria komputera w biurze.", actor=provider)
    actions.decide_breach(
        decided,
        outcome=Breach.Outcome.PENALTY,
        reasons="Opóźnienie powtórzyło się w drugim miesiącu z rzędu.",
        amount=Decimal("150.00"),
        month=last,
        actor=director,
    )


def _controls(contract: Contract, today: date, provider: Actor) -> None:
    who = "Stanowisko do kontroli usług"
    for days, kind, subject, result, measures in (
        (4, "home", "Punktualność i zakres trzech wizyt", "sound", ""),
        (11, "phone", "Zadowolenie osób z opiekunek", "sound", ""),
        (
            18,
            "documents",
            "Dzienniczki z całego miesiąca",
            "irregular",
            "Opiekunki uzupełniły brakujące wpisy.",
        ),
    ):
        entry = ControlEntry(today - timedelta(days=days), kind, who, subject, result, measures)
        actions.enter_own_control(contract, entry, actor=provider)
