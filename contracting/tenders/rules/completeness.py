"""What an offer still lacks before it can be handed in, and what its bidder should look at; without Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from contracting.tenders.content import (
    CONCEPT_PARTS,
    COST_KINDS,
    DECLARATIONS,
    MEASURE_UNITS,
    SECTIONS,
    Content,
    Field,
)
from contracting.tenders.rules.budget import ZERO, off_by, sums_of
from contracting.tenders.rules.figures import read_day, read_number, section_of
from tenants.rules.identifiers import clean_nip

_LEAST_TEXT = 20
_MOST_PERCENT = Decimal(100)
_KRS_DIGITS = 10
_LEAST_PHONE = 7
_GAPS = re.compile(r"[\s-]")
_UNANSWERED = {"asked": "partner_asked", "declined": "partner_declined"}


@dataclass(frozen=True)
class Terms:
    """What a call and its lot ask of an offer; money PLN, None where the call sets no limit."""

    lot_funds: Decimal
    grant_min: Decimal | None = None
    grant_max: Decimal | None = None
    own_share_min: Decimal = ZERO
    task_from: date | None = None
    task_to: date | None = None
    joint_offers: bool = True
    concept_questions: tuple[str, ...] = ()
    required_files: tuple[str, ...] = ()
    # Ids of the organisations that offer jointly with the leader, as texts.
    partners: tuple[str, ...] = ()
    # What each of them answered, by its id: asked, accepted or declined.
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One thing amiss: what (a code with values for its sentence), where, and whether it stops the handing in."""

    code: str
    section: str
    path: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    must: bool = True


def findings_of(content: Content, terms: Terms) -> list[Finding]:
    """Everything amiss, in the order of the sections."""
    found: list[Finding] = []
    for look in (
        _bidder, _partners, _task, _schedule, _results, _resources, _staff, _concept, _promises, _budget,
        _files, _declarations, _lengths,
    ):  # fmt: skip
        found.extend(look(content, terms))
    return found


def _missing(content: Content, section: str, *keys: str) -> Iterator[Finding]:
    value = section_of(content, section)
    for key in keys:
        if not value.get(key):
            yield Finding("missing", section, key)


def _missing_in_rows(content: Content, section: str, *keys: str) -> Iterator[Finding]:
    rows = section_of(content, section)
    if not rows:
        yield Finding("no_rows", section)
    for index, row in enumerate(rows):
        for key in keys:
            if not row.get(key):
                yield Finding("missing_in_row", section, f"{index}.{key}", {"row": index + 1})


def _bidder(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing(content, "bidder", "name", "legal_form", "address", "email", "contact_person")
    bidder = section_of(content, "bidder")
    if bidder["nip"] and clean_nip(bidder["nip"]) is None:
        yield Finding("nip", "bidder", "nip", {"value": bidder["nip"]})
    # Other registers have numbers of their own, with letters and words; digits alone are of the KRS.
    digits = _GAPS.sub("", bidder["krs"])
    if digits.isdecimal() and len(digits) != _KRS_DIGITS:
        yield Finding("krs", "bidder", "krs", {"value": bidder["krs"]})
    if bidder["phone"] and sum(sign.isdecimal() for sign in bidder["phone"]) < _LEAST_PHONE:
        yield Finding("phone", "bidder", "phone", {"value": bidder["phone"]})
    if bidder["email"] and "@" not in bidder["email"]:
        yield Finding("email", "bidder", "email", {"value": bidder["email"]})


def _partners(content: Content, terms: Terms) -> Iterator[Finding]:
    if terms.partners and not terms.joint_offers:
        yield Finding("no_joint_offers", "partners")
    for index, row in enumerate(section_of(content, "partners")):
        for key in ("does", "represented_by"):
            if not row.get(key):
                yield Finding("missing_in_row", "partners", f"{index}.{key}", {"row": index + 1})
    for row in content.get("partners", []):
        code = _UNANSWERED.get(terms.answers.get(row["organisation"], "asked"))
        if code is not None:
            yield Finding(code, "partners", "", {"name": row["name"]})
    if sorted(row["organisation"] for row in content.get("partners", [])) != sorted(terms.partners):
        yield Finding("partners_differ", "partners")


def _days(
    section: str, path: str, row: dict[str, Any], first: date | None, last: date | None
) -> Iterator[Finding]:
    begins, ends = read_day(row.get("from", "")), read_day(row.get("to", ""))
    for key, day in (("from", begins), ("to", ends)):
        if row.get(key) and day is None:
            yield Finding("no_day", section, f"{path}{key}", {"value": row[key]})
        elif day and ((first and day < first) or (last and day > last)):
            yield Finding(
                "outside_task", section, f"{path}{key}", {"value": day, "first": first, "last": last}
            )
    if begins and ends and ends < begins:
        yield Finding("ends_before", section, f"{path}to", {"value": ends})


def _task(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing(content, "task", "title", "from", "to", "place", "summary")
    yield from _days("task", "", section_of(content, "task"), terms.task_from, terms.task_to)


def _schedule(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing_in_rows(content, "schedule", "name", "from", "to")
    task = section_of(content, "task")
    first, last = read_day(task["from"]) or terms.task_from, read_day(task["to"]) or terms.task_to
    for index, row in enumerate(section_of(content, "schedule")):
        yield from _days("schedule", f"{index}.", row, first, last)


def _results(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing_in_rows(content, "results", "name", "level", "monitoring")


def _resources(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing(content, "resources", "experience", "staff")


def _staff(content: Content, terms: Terms) -> Iterator[Finding]:
    yield from _missing_in_rows(content, "staff", "name", "function", "fte")
    for index, row in enumerate(section_of(content, "staff")):
        fte = read_number(row["fte"]) if row["fte"] else None
        if row["fte"] and (fte is None or fte == 0 or fte > 2):
            yield Finding("fte", "staff", f"{index}.fte", {"value": row["fte"], "row": index + 1})
        if row["name"] and not row["qualifications"]:
            yield Finding(
                "no_qualification", "staff", f"{index}.qualifications", {"row": index + 1}, must=False
            )


def _concept(content: Content, terms: Terms) -> Iterator[Finding]:
    answers = section_of(content, "concept")
    for part in CONCEPT_PARTS:
        if part not in terms.concept_questions:
            continue
        if not answers[part]:
            yield Finding("missing", "concept", part)
        elif len(answers[part]) < _LEAST_TEXT:
            yield Finding("short", "concept", part, {"length": len(answers[part])}, must=False)


def _promises(content: Content, terms: Terms) -> Iterator[Finding]:
    rows = section_of(content, "promises")
    if not rows and terms.concept_questions:
        yield Finding("no_promises", "promises", must=False)
    for index, row in enumerate(rows):
        path, values = f"{index}.", {"row": index + 1}
        for key in ("measure", "indicator", "direction", "value", "unit", "measured_by"):
            if not row[key]:
                yield Finding("missing_in_row", "promises", path + key, values)
        number = read_number(row["value"]) if row["value"] else None
        if row["value"] and number is None:
            yield Finding("no_number", "promises", f"{path}value", {"value": row["value"]})
        unit = MEASURE_UNITS.get(row["measure"], ("", ""))[0]
        if number is not None and unit == "%" and number > _MOST_PERCENT:
            yield Finding("percent", "promises", f"{path}value", {"value": row["value"]})


def _budget(content: Content, terms: Terms) -> Iterator[Finding]:
    budget = content.get("budget", {})
    yield from _costs(content, terms)
    for name in ("own_financial", "own_in_kind", "payments"):
        if budget.get(name) and read_number(budget[name]) is None:
            yield Finding("no_amount", "budget", name, {"value": budget[name]})
    if budget.get("minutes") and not isinstance(budget["minutes"], int):
        yield Finding("no_hours", "budget", "minutes", {"value": budget["minutes"]})
    sums = sums_of(budget)
    if not sums.minutes:
        yield Finding("missing", "budget", "minutes")
    for path, stands, due in off_by(budget):
        yield Finding("off_by", "budget", path, {"value": stands, "due": due})
    if not sums.total:
        return
    yield from _grant(sums.grant, terms)
    if sums.price_per_hour is not None and sums.price_per_hour == 0:
        yield Finding("price_zero", "budget", "minutes")
    if sums.own * 100 < terms.own_share_min * sums.total:
        values = {"share": sums.share(sums.own), "least": terms.own_share_min}
        yield Finding("own_share", "budget", "own_financial", values)


def _costs(content: Content, terms: Terms) -> Iterator[Finding]:
    rows = section_of(content, "budget")["costs"]
    if not rows:
        yield Finding("no_rows", "budget", "costs")
    years = _years(content, terms)
    for index, row in enumerate(rows):
        path, values = f"costs.{index}.", {"row": index + 1}
        for key in ("name", "unit"):
            if not row[key]:
                yield Finding("missing_in_row", "budget", path + key, values)
        if row["kind"] not in COST_KINDS:
            yield Finding("missing_in_row", "budget", f"{path}kind", values)
        for key in ("unit_cost", "quantity"):
            number = read_number(row[key]) if row[key] else None
            if not row[key]:
                yield Finding("missing_in_row", "budget", path + key, values)
            elif number is None:
                yield Finding("no_amount", "budget", path + key, {"value": row[key]})
            elif number == 0:
                yield Finding("zero", "budget", path + key, values)
        if not row["year"]:
            yield Finding("missing_in_row", "budget", f"{path}year", values)
        elif years and row["year"] not in years:
            yield Finding(
                "year", "budget", f"{path}year", {**values, "value": row["year"], "years": ", ".join(years)}
            )


def _years(content: Content, terms: Terms) -> list[str]:
    task = section_of(content, "task")
    first, last = read_day(task["from"]) or terms.task_from, read_day(task["to"]) or terms.task_to
    return [str(year) for year in range(first.year, last.year + 1)] if first and last else []


def _grant(grant: Decimal, terms: Terms) -> Iterator[Finding]:
    if grant <= 0:
        yield Finding("grant_zero", "budget", "grant", {"value": grant})
    elif terms.grant_min is not None and grant < terms.grant_min:
        yield Finding("grant_small", "budget", "grant", {"value": grant, "least": terms.grant_min})
    if terms.grant_max is not None and grant > terms.grant_max:
        yield Finding("grant_large", "budget", "grant", {"value": grant, "most": terms.grant_max})
    if grant > terms.lot_funds:
        yield Finding("grant_over_funds", "budget", "grant", {"value": grant, "most": terms.lot_funds})


def _files(content: Content, terms: Terms) -> Iterator[Finding]:
    brought = {row.get("for", "") for row in content.get("files", [])}
    for name in terms.required_files:
        if name not in brought:
            yield Finding("missing_file", "files", "", {"name": name})


def _declarations(content: Content, terms: Terms) -> Iterator[Finding]:
    given = content.get("declarations", {})
    for key in DECLARATIONS:
        if given.get(key) is not True:
            yield Finding("not_declared", "declarations", key)


def _lengths(content: Content, terms: Terms) -> Iterator[Finding]:
    for section in SECTIONS.values():
        value = section_of(content, section.key)
        for one in section.fields:
            if section.key != "concept" or one.key in terms.concept_questions:
                yield from _too_long(section.key, one.key, value[one.key], one)
        for name, fields in section.rows.items():
            for index, row in enumerate(value if name == "" else value[name]):
                path = f"{name}.{index}" if name else str(index)
                for one in fields:
                    yield from _too_long(section.key, f"{path}.{one.key}", row.get(one.key), one)


def _too_long(section: str, path: str, given: Any, one: Field) -> Iterator[Finding]:
    if isinstance(given, str) and len(given) > one.longest:
        values = {"length": len(given), "most": one.longest, "over": len(given) - one.longest}
        yield Finding("too_long", section, path, values)


def sections_done(content: Content, found: list[Finding]) -> dict[str, bool]:
    """Section → whether it is complete: something is written in it, and nothing that must be is amiss."""
    amiss = {finding.section for finding in found if finding.must}
    return {key: key not in amiss and _written(content, key) for key in (*SECTIONS, "files")}


def _written(content: Content, key: str) -> bool:
    if key == "files":
        return True
    value = section_of(content, key)
    if key in {"partners", "other", "promises"}:
        return True
    return bool(value) if isinstance(value, list) else any(value.values())
