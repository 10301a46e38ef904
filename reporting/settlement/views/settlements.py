"""The list of settlements of a month, the account of a contract's month, and the visits behind a line of it."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.kinds import without_close
from reporting.compliance.views.pages import FROZEN, activity_names, month_in, names_of
from reporting.settlement.forms import SettlementFilter
from reporting.settlement.models import Adjustment, Penalty, Settlement
from reporting.settlement.permissions import READ_SETTLEMENTS
from reporting.settlement.proposals import ProposedPenalty, proposed_penalties
from reporting.settlement.queries import closing_corrections
from reporting.settlement.queries.paid import invoices_beside_decisions, told_beside
from reporting.settlement.tables import ListLine, lines_of, list_lines
from reporting.settlement.views.pages import accepted_month, corrections_of, shown_month, verbs_of
from ui.asked import say_instead
from ui.formatting import format_month


@tenant_door(READ_SETTLEMENTS)
def settlements(request: Request) -> HttpResponse:
    """Contracts of a month with what is due; the newest month with something to settle where none is asked for."""
    months = _months(request)
    asked = month_in(request.GET.get("month", ""))
    month = asked or _first_shown(request) or Month.of(timezone.localdate()).previous()
    say_instead(request, "month", month, format_month(month))
    form = SettlementFilter({"month": str(month)})
    field: Any = form.fields["month"]
    field.offer({*months, month})
    rows, apart = _rows(request, month), without_close(month).visible_to(request.access)
    context = {
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "form": form,
        "rows": rows,
        "apart": apart.select_related("organisation").order_by("number"),
        "due": sum(row.settlement.due for row in rows if row.settlement.due is not None),
        "to_settle": sum(row.waits for row in rows),
    }
    return render(request, "settlement/settlements.html", context)


def _months(request: Request) -> list[Month]:
    found = ContractMonth.objects.visible_to(request.access).filter(state__in=FROZEN)
    closing = closing_corrections(request.access).values_list("carried_in", flat=True)
    days = {*found.values_list("month", flat=True).distinct(), *closing.distinct()}
    return [Month.of(day) for day in days]


def _first_shown(request: Request) -> Month | None:
    """The oldest month that waits to be settled, else the newest that is settled."""
    found = ContractMonth.objects.visible_to(request.access).filter(state__in=FROZEN)
    waiting = found.filter(state=ContractMonth.State.ACCEPTED).order_by("month")
    day = (
        waiting.values_list("month", flat=True).first()
        or found.order_by("-month").values_list("month", flat=True).first()
    )
    return None if day is None else Month.of(day)


def _rows(request: Request, month: Month) -> list[ListLine]:
    holds = Q(valid_from__lte=month.last, valid_to__gte=month.first)
    closing = closing_corrections(request.access).filter(carried_in=month.first).values("line__contract")
    closes = ContractMonth.objects.visible_to(request.access).filter(month=month.first).defer("snapshot")
    accepted = closes.filter(state__in=FROZEN).values("contract")
    contracts = (
        Contract.objects.visible_to(request.access)
        .filter(holds & ~Q(pk__in=without_close(month).values("pk")) | Q(pk__in=closing) | Q(pk__in=accepted))
        .select_related("organisation", "service")
    )
    made = Settlement.objects.visible_to(request.access).filter(month=month.first).defer("figures")
    return list_lines(contracts, closes, made, month)


@tenant_door(READ_SETTLEMENTS)
def settlement(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """The account of a contract's month: a line for each decision and price, corrections, and what is due."""
    shown = shown_month(request, contract_pk, month)
    return render(request, "settlement/settlement.html", settlement_context(request, shown))


def settlement_context(request: Request, shown: Any) -> dict[str, Any]:
    """All that the page of an account shows."""
    context: dict[str, Any] = {
        "shown": shown,
        "contract": shown.contract,
        "month": shown.month,
        "account": shown.account,
        "settlement": shown.settlement,
        "verbs": verbs_of(request, shown),
        "invoices": [],
        "beside": told_beside(
            invoices_beside_decisions([shown.contract.pk]).filter(
                period_from__lte=shown.month.last, period_to__gte=shown.month.first
            )
        ),
    }
    if shown.account is None:
        return context
    account = shown.account
    names = names_of(request, [str(pk) for pk in account.numbers], "settlement.settlement")
    made: dict[Any, Adjustment] = corrections_of(account)
    invoices = (
        [] if shown.settlement._state.adding else list(shown.settlement.invoices.select_related("file"))
    )
    invoiced = sum(one.amount for one in invoices)
    return {
        **context,
        "names": bool(names),
        "lines": lines_of(account, names, account.care),
        "corrections": [
            (line, made.get(line.charge.correction)) for line in lines_of(account, names, account.corrections)
        ],
        "penalties": []
        if shown.settlement._state.adding or shown.is_frozen
        else list(shown.settlement.penalties.all()),
        "proposals": _proposals(shown) if "penalty" in context["verbs"] else [],
        "invoices": invoices,
        "invoiced": invoiced,
        "difference": invoiced - account.due if invoices else None,
    }


def _proposals(shown: Any) -> list[ProposedPenalty]:
    """Penalties that decisions propose for the month and that are not deducted yet."""
    proposed = proposed_penalties(shown.contract, shown.month)
    deducted = Penalty.objects.filter(proposal__in=[one.pk for one in proposed])
    done = set(deducted.values_list("proposal", flat=True))
    return [one for one in proposed if one.pk not in done]


@tenant_door(READ_SETTLEMENTS)
def visits(request: Request, contract_pk: UUID, month: str, decision_pk: UUID) -> HttpResponse:
    """The visits behind a line of the account, each with what is paid of it, and their corrections."""
    shown, account = accepted_month(request, contract_pk, month)
    if decision_pk not in account.numbers:
        raise Http404
    names = names_of(request, [str(decision_pk)], "settlement.visits")
    lines = [one for one in account.visits if one.line.decision == decision_pk]
    corrections = Adjustment.objects.filter(
        line__contract=shown.contract, line__month=shown.month.first, line__decision=decision_pk
    ).select_related("line")
    context = {
        "shown": shown,
        "contract": shown.contract,
        "month": shown.month,
        "number": account.numbers[decision_pk],
        "decision_pk": decision_pk,
        "name": names.get(decision_pk, ""),
        "lines": lines,
        "charges": [one for one in account.charges if one.decision == decision_pk],
        "total_minutes": sum(one.paid for one in lines),
        "corrections": list(corrections),
        "activities": activity_names(shown.contract),
        "verbs": verbs_of(request, shown),
    }
    return render(request, "settlement/visits.html", context)
