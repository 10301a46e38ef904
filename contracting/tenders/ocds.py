"""Calls, awards and contracts as open data: a release package of OCDS 1.1, of organisations only, never of persons."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from contracting.tenders.models import Amendment, Award, Call, Criterion, ResultsChange
from contracting.tenders.ocds_sources import contracts_of
from contracting.tenders.queries.board import Phase, PublicCall
from contracting.tenders.words import change_rows, name_of
from kernel.periods import local_datetime, resolve_wall_time
from kernel.tenancy import require_tenant
from tenants.addresses import tenant_url
from tenants.models import Organisation
from ui.formatting import format_date_text

_DAY_START = datetime.min.time()
_STATUS = {
    Phase.OPEN: "active",
    Phase.CLOSED: "active",
    Phase.DECIDED: "complete",
    Phase.ANNULLED: "cancelled",
}
# Fields of a call in which persons are named: the page of the board shows them, open data do not.
_OF_PERSONS = ("contact",)
# Open calls are open to every organisation; a small grant answers one organisation's own proposal.
_METHOD = {Call.Kind.SMALL_GRANT: "direct"}


def release_package(calls: list[PublicCall], *, changed_at: datetime | None) -> dict[str, Any]:
    """One release for each call, as it stands. The prefix of the ids is of this installation, not registered."""
    tenant = require_tenant()
    contracts = contracts_of([one.call for one in calls])
    return {
        "uri": _address(tenant_url("board:ocds")),
        "version": "1.1",
        "publishedDate": _instant(changed_at or tenant.created_at),
        "publisher": {"name": tenant.unit_name, "uri": _address(tenant_url("board:list"))},
        "publicationPolicy": _address(tenant_url("board:list")),
        "releases": [_release(one, contracts.get(one.call.pk, [])) for one in calls],
    }


def _release(one: PublicCall, contracts: list[dict[str, Any]]) -> dict[str, Any]:
    ocid = f"{settings.OCDS_PREFIX}-{one.call.pk}"
    awards = [*one.results, *one.given_up]
    suppliers = {organisation.pk: organisation for award in awards for organisation in award.bidders}
    release: dict[str, Any] = {
        "ocid": ocid,
        "id": f"{ocid}-{_instant(one.changed_at)}",
        "date": _instant(one.changed_at),
        "tag": _tags(one, contracts),
        "initiationType": "tender",
        "language": "pl",
        "parties": [_buyer(), *(_supplier(organisation) for organisation in suppliers.values())],
        "buyer": _reference(_buyer()),
        "tender": _tender(one),
    }
    if awards:
        changes = {shown.change.pk: shown.change for shown in one.changes}
        release["awards"] = [_award(award, one.call, changes) for award in awards]
    if contracts:
        release["contracts"] = [_contract(row) for row in contracts]
    return release


def _tags(one: PublicCall, contracts: list[dict[str, Any]]) -> list[str]:
    if one.phase is Phase.ANNULLED:
        return ["tenderCancellation"]
    tags = ["tenderAmendment" if one.amendments else "tender"]
    if one.results or one.given_up:
        tags.append("awardUpdate" if one.changes else "award")
    if contracts:
        tags.append("contract")
    return tags


def _tender(one: PublicCall) -> dict[str, Any]:
    call = one.call
    tender: dict[str, Any] = {
        "id": call.number or str(call.pk),
        "title": call.title,
        "description": call.task_kind,
        "status": "unsuccessful" if one.phase is Phase.DECIDED and not one.results else _STATUS[one.phase],
        "datePublished": _instant(call.published_at),
        "procuringEntity": _reference(_buyer()),
        "procurementMethod": _METHOD.get(Call.Kind(call.kind), "open"),
        "procurementMethodDetails": str(call.get_kind_display()),
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": "; ".join(_criterion(row) for row in one.criteria),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {"startDate": _instant(call.published_at), "endDate": _instant(call.deadline)},
        "enquiryPeriod": {"startDate": _instant(call.published_at), "endDate": _instant(call.deadline)},
        "hasEnquiries": bool(one.questions),
        "items": [
            {"id": str(lot.position), "description": lot.title, **_quantity(lot.minutes)} for lot in one.lots
        ],
        "documents": [
            {
                "id": "notice",
                "documentType": "tenderNotice",
                "title": call.title,
                "url": _address(tenant_url("board:call", call.pk)),
                "datePublished": _instant(call.published_at),
                "format": "text/html",
                "language": "pl",
            }
        ],
    }
    if call.funds is not None:
        tender["value"] = _value(call.funds)
    if call.grant_min is not None:
        tender["minValue"] = _value(call.grant_min)
    if call.task_from and call.task_to:
        tender["contractPeriod"] = _period(call.task_from, call.task_to)
    if call.decision_due_on is not None:
        tender["awardPeriod"] = {"startDate": _instant(call.deadline), "endDate": _day(call.decision_due_on)}
    if call.opened_at is not None and one.phase is Phase.DECIDED:
        current = [row for row in one.receipts if row.state == "current"]
        tender["numberOfTenderers"] = len({row.offer_id for row in current})
    if one.amendments:
        tender["amendments"] = [
            {
                "id": str(amendment.number),
                "date": _instant(amendment.published_at),
                "rationale": amendment.reason,
                "description": _amended(amendment),
            }
            for amendment in one.amendments
        ]
    return tender


def _amended(amendment: Amendment) -> str:
    """What was amended; of fields that name persons only that they were."""
    rows = change_rows(amendment, without=_OF_PERSONS)
    texts = [f"{field}: {before} → {after}" for field, before, after in rows]
    return "; ".join([*texts, *(name_of(field) for field in _OF_PERSONS if field in amendment.changes)])


def _criterion(row: Criterion) -> str:
    return f"{row.name}: {row.weight} %"


def _quantity(minutes: int | None) -> dict[str, Any]:
    if minutes is None:
        return {}
    # HUR is the hour in UNCEFACT's recommendation 20.
    return {
        "quantity": round(minutes / 60, 2),
        "unit": {"scheme": "UNCEFACT", "id": "HUR", "name": "h"},
    }


def _award(award: Award, call: Call, changes: dict[UUID, ResultsChange]) -> dict[str, Any]:
    given_up = award.decision == Award.Outcome.GIVEN_UP
    told = [
        (award.granted_in_id, _("Granted from the reserve list")),
        (award.given_up_in_id, _("Given up by the bidder")),
    ]
    of_award = [(changes[pk], text) for pk, text in told if pk in changes]
    return {
        "id": str(award.pk),
        # Not the title that the bidder wrote, which may name anybody.
        "title": award.lot.title,
        "status": "cancelled" if given_up else "active",
        "date": _instant(award.decided_at),
        "value": _value(award.amount),
        "suppliers": [_reference(_supplier(organisation)) for organisation in award.bidders],
        "items": [{"id": str(award.lot.position), "description": award.lot.title}],
        **(
            {"contractPeriod": _period(call.task_from, call.task_to)}
            if call.task_from and call.task_to
            else {}
        ),
        **({"amendments": [_change(change, text) for change, text in of_award]} if of_award else {}),
    }


def _change(change: ResultsChange, text: str) -> dict[str, Any]:
    """A change of the results as the amendment of an award; the day of the event is said in words."""
    return {
        "id": str(change.number),
        "date": _instant(change.published_at),
        "rationale": change.reason,
        "description": f"{text}: {format_date_text(change.happened_on)}",
    }


def _contract(row: dict[str, Any]) -> dict[str, Any]:
    contract: dict[str, Any] = {
        "id": str(row["number"]),
        "awardID": str(row["award_id"]),
        "status": "active" if row.get("signed_on") else "pending",
    }
    if row.get("signed_on"):
        contract["dateSigned"] = _day(row["signed_on"])
    if row.get("from") and row.get("to"):
        contract["period"] = _period(row["from"], row["to"])
    if row.get("amount") is not None:
        contract["value"] = _value(row["amount"])
    return contract


def _buyer() -> dict[str, Any]:
    tenant = require_tenant()
    return {
        "id": f"{settings.OCDS_PREFIX}-{tenant.slug}",
        "name": tenant.unit_name,
        "identifier": {"scheme": "PL-TERYT", "id": tenant.territory_id, "legalName": tenant.name},
        "address": {"locality": tenant.name, "country": "PL"},
        "roles": ["buyer", "procuringEntity"],
    }


def _supplier(organisation: Organisation) -> dict[str, Any]:
    party: dict[str, Any] = {"id": str(organisation.pk), "name": organisation.name, "roles": ["supplier"]}
    if organisation.krs:
        party["identifier"] = {"scheme": "PL-KRS", "id": organisation.krs, "legalName": organisation.name}
    elif organisation.regon:
        party["identifier"] = {"scheme": "PL-REGON", "id": organisation.regon, "legalName": organisation.name}
    return party


def _reference(party: dict[str, Any]) -> dict[str, Any]:
    return {"id": party["id"], "name": party["name"]}


def _value(amount: Decimal | None) -> dict[str, Any]:
    return {"amount": float(amount or 0), "currency": "PLN"}


def _period(first: date, last: date) -> dict[str, Any]:
    return {"startDate": _day(first), "endDate": _day(last), "durationInDays": (last - first).days + 1}


def _day(day: date) -> str:
    return _instant(resolve_wall_time(day, _DAY_START))


def _instant(moment: datetime | None) -> str:
    return local_datetime(moment).replace(microsecond=0).isoformat() if moment else ""


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
