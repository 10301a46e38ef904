"""From JSON whose form is right to records: dates, times and prices parsed, what was left out filled in."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from reporting.care.contacts import Contact, phone_number
from reporting.care.document.records import (
    ActivityRecord,
    ContractRecord,
    DecisionRecord,
    OrganisationRecord,
    PersonRecord,
    PlanSlotRecord,
    QualificationRecord,
    ServiceRecord,
    SuspensionRecord,
    WorkerRecord,
)

Item = Mapping[str, Any]

_GROSZ = Decimal("0.01")


def build_service(item: Item) -> ServiceRecord:
    return ServiceRecord(
        code=item["code"],
        name=item["name"],
        required_qualifications=(
            tuple(item["required_qualifications"]) if "required_qualifications" in item else None
        ),
        activities=tuple(ActivityRecord(each["code"], each["name"]) for each in item.get("activities", ())),
    )


def build_organisation(item: Item) -> OrganisationRecord:
    return OrganisationRecord(name=item["name"], krs=item.get("krs"))


def build_contract(item: Item) -> ContractRecord:
    return ContractRecord(
        number=item["number"],
        organisation=item["organisation"],
        signed=date.fromisoformat(item["signed"]),
        valid_from=date.fromisoformat(item["valid_from"]),
        valid_to=date.fromisoformat(item["valid_to"]),
        price_per_hour=Decimal(item["price_per_hour"]).quantize(_GROSZ),
        cap_minutes=_integer(item.get("cap_minutes")),
        named_staff=tuple(item.get("named_staff", ())),
    )


def build_worker(item: Item) -> WorkerRecord:
    return WorkerRecord(
        code=item["code"],
        surname=item["surname"],
        given_name=item["given_name"],
        organisation=item["organisation"],
        qualifications=tuple(
            QualificationRecord(
                each["code"], date.fromisoformat(each["valid_from"]), _day(each.get("valid_to"))
            )
            for each in item.get("qualifications", ())
        ),
    )


def build_person(item: Item) -> PersonRecord:
    return PersonRecord(
        code=item["code"],
        surname=item["surname"],
        given_name=item["given_name"],
        pesel=item.get("pesel"),
        pesel_override_reason=item.get("pesel_override_reason") or "",
        birth_year=_integer(item.get("birth_year")),
        contact=build_contact(item["contact"] or {}) if "contact" in item else None,
    )


def build_contact(item: Item) -> Contact:
    close: Item = item.get("close_person") or {}
    return Contact(
        address=item.get("address") or "",
        phone=phone_number(item.get("phone") or "") or "",
        close_name=close.get("name") or "",
        close_relation=close.get("relation") or "",
        close_phone=phone_number(close.get("phone") or "") or "",
        entry_note=item.get("entry_note") or "",
    )


def build_decision(item: Item) -> DecisionRecord:
    return DecisionRecord(
        number=item["number"],
        person=item["person"],
        contract=item["contract"],
        issued=date.fromisoformat(item["issued"]),
        valid_from=date.fromisoformat(item["valid_from"]),
        valid_to=date.fromisoformat(item["valid_to"]),
        revoked_from=_day(item.get("revoked_from")),
        amends=item.get("amends"),
        per=item["amount"]["per"],
        minutes=_integer(item["amount"].get("minutes")),
        plan=tuple(
            PlanSlotRecord(
                weekday=int(each["weekday"]),
                start=time.fromisoformat(each["start"]),
                minutes=int(each["minutes"]),
                on_holidays=each.get("on_holidays", False),
            )
            for each in item.get("plan", ())
        ),
        activities=tuple(item["activities"]),
        two_workers=item.get("two_workers", False),
        suspensions=tuple(
            SuspensionRecord(date.fromisoformat(each["from"]), date.fromisoformat(each["to"]), each["reason"])
            for each in item.get("suspensions", ())
        ),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _integer(number: float | None) -> int | None:
    # JSON does not tell 1200 from 1200.0.
    return None if number is None else int(number)
