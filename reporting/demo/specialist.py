"""Specialist care of the demo: two persons at 230 % of the criterion, who pay for 20 hours as the source computes."""

import json
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from typing import Any

from contracting.commissioning.actions.payments import TableTerms, create_table
from contracting.commissioning.law import NATIONAL_BANDS, rows_by_code
from contracting.commissioning.models import PaymentTable
from contracting.commissioning.payment_cases import criterion_code
from contracting.commissioning.rules.limits import in_force
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month, is_working_day
from reporting.care.actions import import_care
from reporting.care.document import read_care_document
from reporting.care.models import Decision
from reporting.compliance.actions import accept_month, submit_month
from reporting.demo.visits import store_visits
from reporting.demo.world import DemoVisit, DemoWorld
from reporting.settlement import actions
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

_WHERE = "barlinek"
_PRICE, _PERCENT_OF_CRITERION = Decimal("30.00"), 230
_HOURS, _HOURS_A_VISIT = 20, 2
# Household of each (None: alone), and when the specialist comes.
_PERSONS = (
    ("Jaśmin", "Róża", 1949, None, time(8)),
    ("Kłos", "Antoni", 1951, 3, time(11)),
)
_ACTIVITIES = (("skills", "Uczenie umiejętności życiowych"), ("therapy", "Rehabilitacja i usprawnianie"))
_WORKER = {"code": "WS01", "surname": "Cisowska", "given_name": "Barbara"}


def add_specialist(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Decisions of one month, the fourth before today's: delivered, accepted, and with the incomes they are paid by."""
    if tenant.slug != _WHERE:
        return
    month = Month.of(today)
    for _count in range(4):
        month = month.previous()
    contract = _import(Contract.objects.order_by("valid_from", "number")[0], month)
    director = actor_of(members[Role.DIRECTOR])
    submit_month(contract, month, actor=actor_of(members[Role.NGO_COORDINATOR]))
    accept_month(contract, month, actor=director)
    _set_table(contract, month, director)
    _enter_incomes(contract, month, actor_of(members[Role.BENEFITS_WORKER]))


def _import(care: Contract, month: Month) -> Contract:
    """The contract of the organisation that delivers the tenant's care, with its two decisions and their visits."""
    organisation, codes = str(care.organisation), [code for code, _name in _ACTIVITIES]
    number = f"U/S/{month.year}"
    days = [day for day in month.days() if is_working_day(day)][: _HOURS // _HOURS_A_VISIT]
    document = {
        "service": {
            "code": "specialist_care",
            "name": "Specjalistyczne usługi opiekuńcze",
            "required_qualifications": ["nurse"],
            "activities": [{"code": code, "name": name} for code, name in _ACTIVITIES],
        },
        "organisations": [{"krs": None, "name": organisation}],
        "contracts": [
            {
                "number": number,
                "organisation": organisation,
                "signed": f"{month.year}-01-02",
                "valid_from": month.first.isoformat(),
                "valid_to": month.last.isoformat(),
                "price_per_hour": "62.00",
                "cap_minutes": None,
                "named_staff": [],
            }
        ],
        "workers": [
            {
                **_WORKER,
                "organisation": organisation,
                "qualifications": [{"code": "nurse", "valid_from": "2015-01-01", "valid_to": None}],
            }
        ],
        "persons": [
            {
                "code": f"PS{position:02d}",
                "surname": surname,
                "given_name": given,
                "pesel": None,
                "birth_year": born,
            }
            for position, (surname, given, born, _household, _start) in enumerate(_PERSONS, start=1)
        ],
        "decisions": [
            {
                "number": f"D/S{position:02d}/{month.year}",
                "person": f"PS{position:02d}",
                "contract": number,
                "issued": f"{month.year}-01-02",
                "valid_from": month.first.isoformat(),
                "valid_to": month.last.isoformat(),
                "revoked_from": None,
                "amends": None,
                "amount": {"per": "month", "minutes": _HOURS * 60},
                "plan": [],
                "activities": codes,
                "two_workers": False,
                "suspensions": [],
            }
            for position in range(1, len(_PERSONS) + 1)
        ],
    }
    import_care(read_care_document(BytesIO(json.dumps(document).encode())), actor=Actor.system("load_demo"))
    visits = [
        DemoVisit(
            f"D/S{position:02d}/{month.year}",
            _WORKER["code"],
            day,
            person[-1],
            _HOURS_A_VISIT * 60,
            tuple(codes),
        )
        for position, person in enumerate(_PERSONS, start=1)
        for day in days
    ]
    store_visits(DemoWorld(document, visits={month: visits}))
    contract: Contract = Contract.objects.get(number=number)
    return contract


def _set_table(contract: Contract, month: Month, actor: Actor) -> None:
    terms = TableTerms(
        name="Odpłatność za specjalistyczne usługi opiekuńcze",
        source="Dz.U. 2024 poz. 816 (cena przykładowa)",
        valid_from=date(month.year, 1, 1),
        price_per_hour=_PRICE,
        rounding=PaymentTable.Rounding.GROSZ,
        bands=list(NATIONAL_BANDS),
    )
    create_table(contract.service, terms, actor=actor)


def _enter_incomes(contract: Contract, month: Month, actor: Actor) -> None:
    """The income of each is 230 % of the criterion in force, of a family for all its members together."""
    decisions = Decision.objects.filter(contract=contract).order_by("number")
    limits = rows_by_code()
    for decision, (*_name, household, _start) in zip(decisions, _PERSONS, strict=True):
        criterion = in_force(limits[criterion_code(household)], month.first)
        if criterion is None:
            raise ValueError(f"no income criterion is known for {month}")
        income = criterion.value * (household or 1) * _PERCENT_OF_CRITERION / 100
        terms = actions.BasisTerms(month.first, income, household, False, "wywiad środowiskowy")
        actions.enter_basis(decision, terms, actor=actor)
