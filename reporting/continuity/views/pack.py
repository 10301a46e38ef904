"""The pack of a provider: whom it serves, what is left, who has to be visited first; as a page and as files."""

import re
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.continuity.exports import pack_pdf, pack_xlsx
from reporting.continuity.exports.words import plan_in_words
from reporting.continuity.models import Reassignment
from reporting.continuity.pack import Pack, pack_of
from reporting.continuity.permissions import READ_PACK
from ui.downloads import download
from ui.lists import page_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@tenant_door(READ_PACK)
def providers(request: Request) -> HttpResponse:
    """Contracts with persons in care, each with its pack."""
    today = timezone.localdate()
    in_care = Q(decisions__ends_before__gt=today) & Q(decisions__ends_before__gt=F("decisions__valid_from"))
    contracts = (
        Contract.objects.annotate(persons=Count("decisions__person", filter=in_care, distinct=True))
        .filter(persons__gt=0)
        .select_related("organisation", "service")
        .order_by("organisation__name", "number")
    )
    context = {
        "page": page_of(contracts, request),
        "going_on": Reassignment.objects.filter(finished_at__isnull=True).select_related("source", "target"),
        "recent": Reassignment.objects.select_related("source", "target__organisation")[:10],
    }
    return render(request, "continuity/providers.html", context)


@tenant_door(READ_PACK)
def contract_pack(request: Request, contract_pk: UUID) -> HttpResponse:
    return _page(request, [_contract(contract_pk)])


@tenant_door(READ_PACK, hands_out_persons=True)
def contract_pack_xlsx(request: Request, contract_pk: UUID) -> HttpResponse:
    return _xlsx(request, [_contract(contract_pk)])


@tenant_door(READ_PACK, hands_out_persons=True)
def contract_pack_pdf(request: Request, contract_pk: UUID) -> HttpResponse:
    return _pdf(request, [_contract(contract_pk)])


@tenant_door(READ_PACK)
def organisation_pack(request: Request, organisation_pk: UUID) -> HttpResponse:
    return _page(request, _contracts_of(organisation_pk))


@tenant_door(READ_PACK, hands_out_persons=True)
def organisation_pack_xlsx(request: Request, organisation_pk: UUID) -> HttpResponse:
    return _xlsx(request, _contracts_of(organisation_pk))


@tenant_door(READ_PACK, hands_out_persons=True)
def organisation_pack_pdf(request: Request, organisation_pk: UUID) -> HttpResponse:
    return _pdf(request, _contracts_of(organisation_pk))


def _contract(pk: UUID) -> Contract:
    found: Contract = get_object_or_404(Contract.objects.select_related("organisation", "service"), pk=pk)
    return found


def _contracts_of(organisation_pk: UUID) -> list[Contract]:
    """The contracts of the organisation that have not ended; one without any contract here is not there (404)."""
    own = Contract.objects.filter(organisation=organisation_pk).select_related("organisation", "service")
    if not own.exists():
        raise Http404
    today = timezone.localdate()
    lasting = Q(valid_to__gte=today) | Q(decisions__ends_before__gt=today)
    return list(own.filter(lasting).distinct().order_by("number"))


def _pack(request: Request, contracts: list[Contract], page: str) -> Pack:
    pack = pack_of(contracts, timezone.localdate())
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=pack.person_ids)
    return pack


def _title(contracts: list[Contract]) -> str:
    named = {"provider": str(contracts[0].organisation) if contracts else ""}
    return _("Care entrusted to %(provider)s") % named


def _page(request: Request, contracts: list[Contract]) -> HttpResponse:
    pack = _pack(request, contracts, "continuity.pack")
    page = page_of(pack.lines, request)
    context: dict[str, Any] = {
        "pack": pack,
        "title": _title(contracts),
        "contract": contracts[0] if len(contracts) == 1 else None,
        "organisation": contracts[0].organisation if contracts else None,
        "page": page,
        "lines": [(line, plan_in_words(line), pack.latest.get(line.decision.person_id)) for line in page],
    }
    return render(request, "continuity/pack.html", context)


def _xlsx(request: Request, contracts: list[Contract]) -> HttpResponse:
    pack, title = _pack(request, contracts, "continuity.pack_xlsx"), _title(contracts)
    return download(pack_xlsx(pack, title), name=f"{_stem(pack)}.xlsx", content_type=_XLSX)


def _pdf(request: Request, contracts: list[Contract]) -> HttpResponse:
    pack, title = _pack(request, contracts, "continuity.pack_pdf"), _title(contracts)
    return download(pack_pdf(pack, title), name=f"{_stem(pack)}.pdf", content_type="application/pdf")


def _stem(pack: Pack) -> str:
    numbers = "_".join(one.contract.number for one in pack.contracts[:3])
    return f"{pack.day.isoformat()}_{re.sub(r'[^0-9A-Za-z_]+', '-', numbers).strip('-')}"
