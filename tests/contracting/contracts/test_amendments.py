"""Amendments act from their day once both sides have signed; templates are tried before they are kept."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from contracting.contracts import actions
from contracting.contracts.models import ContractAmendment, ContractTemplate
from contracting.contracts.papers import DEFAULT_TEMPLATE
from contracting.contracts.warnings import warnings_of
from kernel.tenancy import tenant_scope
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.care import DecisionFactory, visit


def _proposal(partners: Any, **changes: str) -> dict[str, str]:
    contract = partners.contract
    today = timezone.localdate()
    return {
        "reason": "Więcej osób w opiece",
        "effective_on": today.isoformat(),
        "valid_to": contract.valid_to.isoformat(),
        "price_per_hour": "43,00",
        "cap_minutes": "",
        "amount": "",
        "outside_grant": "",
        "over_award_reason": "",
        "tranches-TOTAL_FORMS": "0",
        "tranches-INITIAL_FORMS": "0",
        "commitments-TOTAL_FORMS": "0",
        "commitments-INITIAL_FORMS": "0",
        **changes,
    }


def _sign_both(client: Any, base: str) -> None:
    for side in ("unit", "organisation"):
        answer = client.post(
            f"{base}sign/",
            {
                "side": side,
                "function": "prezes",
                "signed_on": timezone.localdate().isoformat(),
                "form": "qualified",
            },
        )
        assert answer.status_code == 302


@pytest.fixture
def wide(partners: Any) -> Any:
    """The contract of the world, lasting from a year ago to a year ahead."""
    with tenant_scope(partners.tenant):
        today = timezone.localdate()
        partners.contract.valid_from = today - timedelta(days=365)
        partners.contract.valid_to = today + timedelta(days=365)
        partners.contract.save()
    return partners


def test_an_amendment_acts_once_both_sides_have_signed(wide: Any, sign_in: Any) -> None:
    client = sign_in("director", wide.tenant)
    base = f"/alfa/contracts/{wide.contract.pk}/amendments/"
    assert client.post(f"{base}new/", _proposal(wide)).status_code == 302
    assert client.post(f"{base}new/", _proposal(wide)).status_code == 422, "one open amendment at a time"
    with tenant_scope(wide.tenant):
        amendment = ContractAmendment.objects.get()
        assert amendment.changes == {"price_per_hour": ["41.50", "43.00"]}
    assert client.post(f"{base}{amendment.pk}/send/").status_code == 302
    with tenant_scope(wide.tenant):
        wide.contract.refresh_from_db()
        assert wide.contract.price_per_hour == Decimal("41.50")
    _sign_both(client, f"{base}{amendment.pk}/")
    with tenant_scope(wide.tenant):
        wide.contract.refresh_from_db()
        amendment.refresh_from_db()
        assert wide.contract.price_per_hour == Decimal("43.00") and amendment.applied_at
    page = client.get(f"/alfa/contracts/{wide.contract.pk}/").content.decode()
    assert "41,50" in page and "43,00" in page


def test_an_amendment_of_a_later_day_waits_for_it(wide: Any, sign_in: Any) -> None:
    client = sign_in("director", wide.tenant)
    later = timezone.localdate() + timedelta(days=10)
    client.post(
        f"/alfa/contracts/{wide.contract.pk}/amendments/new/",
        _proposal(wide, effective_on=later.isoformat()),
    )
    with tenant_scope(wide.tenant):
        amendment = ContractAmendment.objects.get()
        actions.send_amendment_for_signature(amendment, actor=ACTOR)
    _sign_both(client, f"/alfa/contracts/{wide.contract.pk}/amendments/{amendment.pk}/")
    with tenant_scope(wide.tenant):
        assert actions.apply_due_amendments(actor=ACTOR) == 0
        with time_machine.travel(datetime.combine(later, time(12), tzinfo=UTC), tick=False):
            assert actions.apply_due_amendments(actor=ACTOR) == 1
            assert actions.apply_due_amendments(actor=ACTOR) == 0
        wide.contract.refresh_from_db()
        assert wide.contract.price_per_hour == Decimal("43.00")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price_per_hour": "41,50"}, "niczego nie zmienia"),
        ({"effective_on": "2000-01-01"}, "poza okresem umowy"),
        ({"valid_to": "2099-01-01"}, "na czas nie dłuższy"),
        ({"price_per_hour": "0"}, "0,01"),
        ({"reason": ""}, "Uzupełnij to pole"),
    ],
)
def test_a_wrong_amendment_is_refused(wide: Any, sign_in: Any, changes: dict[str, str], said: str) -> None:
    client = sign_in("director", wide.tenant)
    answer = client.post(f"/alfa/contracts/{wide.contract.pk}/amendments/new/", _proposal(wide, **changes))
    assert answer.status_code == 422 and said in answer.content.decode().replace("0.01", "0,01")
    with tenant_scope(wide.tenant):
        assert not ContractAmendment.objects.exists()


def _concluded(partners: Any) -> Any:
    """A contract of 90 000 zł for 2027 that both sides signed here, with one commitment."""
    award = granted_award(partners.own, grant="100000.00", price="45.00")
    opened = award.offer.opened
    opened.content["promises"] = [
        {"indicator": "Czas zastępstwa", "direction": "at_most", "value": "4", "unit": "h"}
    ]
    opened.save()
    draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/50/2027")
    for side in ("unit", "organisation"):
        draft = actions.sign_draft(
            draft, side=side, function="prezes", signed_on=timezone.localdate(), form="paper", actor=ACTOR
        )
    return draft.contract


RAISED = {
    "amount": "120 000,00",
    "price_per_hour": "45,00",
    "cap_minutes": "2000 h",
    "effective_on": "2027-02-01",
    "tranches-TOTAL_FORMS": "2",
    "tranches-INITIAL_FORMS": "1",
    "tranches-0-year": "2027",
    "tranches-0-amount": "80 000,00",
    "tranches-0-minutes": "",
    "tranches-1-year": "2028",
    "tranches-1-amount": "40 000,00",
    "tranches-1-minutes": "",
    "commitments-TOTAL_FORMS": "1",
    "commitments-INITIAL_FORMS": "1",
    "commitments-0-indicator": "Czas zastępstwa",
    "commitments-0-direction": "at_most",
    "commitments-0-promised": "2",
    "commitments-0-unit": "h",
    "commitments-0-measure": "reported",
    "valid_to": "2028-12-31",
}


def test_an_amendment_of_the_amount_carries_its_years_and_a_ground_over_the_award(
    partners: Any, sign_in: Any
) -> None:
    client = sign_in("director", partners.tenant)
    with tenant_scope(partners.tenant):
        contract = _concluded(partners)
    address = f"/alfa/contracts/{contract.pk}/amendments/new/"
    assert "90 000,00 zł" in client.get(address).content.decode().replace("\xa0", " ")
    partners.contract = contract
    for changes, field in (
        ({"tranches-1-amount": "39 999,99"}, "tranches"),
        ({"tranches-TOTAL_FORMS": "1"}, "tranches"),
        ({}, "over_award_reason"),
    ):
        refused = client.post(address, _proposal(partners, **RAISED | changes))
        assert refused.status_code == 422, changes
        if field == "over_award_reason":
            assert "90000.00" in str(refused.context["form"].errors[field])
    ground = {"over_award_reason": "Uchwała nr XV/7/2027"}
    assert client.post(address, _proposal(partners, **RAISED | ground)).status_code == 302
    with tenant_scope(partners.tenant):
        amendment = ContractAmendment.objects.get()
        actions.send_amendment_for_signature(amendment, actor=ACTOR)
    _sign_both(client, f"/alfa/contracts/{contract.pk}/amendments/{amendment.pk}/")
    with tenant_scope(partners.tenant):
        with time_machine.travel(datetime(2027, 2, 1, 12, tzinfo=UTC), tick=False):
            assert actions.apply_due_amendments(actor=ACTOR) == 1
        contract.refresh_from_db()
        assert contract.amount == Decimal("120000.00") and contract.valid_to == date(2028, 12, 31)
        assert [(row.year, row.amount) for row in contract.tranches.all()] == [
            (2027, Decimal("80000.00")),
            (2028, Decimal("40000.00")),
        ]
        assert contract.commitments.get().promised == Decimal("2.00")
        # What both sides signed first stays with the draft.
        draft = contract.draft
        assert [(row.year, row.amount) for row in draft.tranches.all()] == [(2027, Decimal("90000.00"))]
        assert draft.commitments.get().promised == Decimal("4.00")
    page = client.get(f"/alfa/contracts/{contract.pk}/").content.decode().replace("\xa0", " ")
    assert "2028: 40 000,00 zł" in page and "co najwyżej 2 h" in page and "Uchwała nr XV/7/2027" in page


def test_the_database_holds_no_amended_amount_without_its_years(partners: Any) -> None:
    with tenant_scope(partners.tenant):
        facts = {"number": 1, "reason": "Waloryzacja", "effective_on": partners.contract.valid_from}
        with pytest.raises(IntegrityError), transaction.atomic():
            partners.contract.amendments.create(changes={"amount": [None, "5.00"]}, **facts)
        years = {"amount": [None, "5.00"], "tranches": [[], [[2026, "5.00", None]]]}
        partners.contract.amendments.create(changes=years, **facts)


def _docx(text: str) -> SimpleUploadedFile:
    out = BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(out)
    return SimpleUploadedFile("wzor.docx", out.getvalue())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ contract.numer }}", "numer"),
        ("{{ contract.number }", "unexpected"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ contract.number + 1 }}", "TypeError"),
        ("{{ contract.number | round }}", "TypeError"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(
    partners: Any, sign_in: Any, text: str, fault: str
) -> None:
    client = sign_in("coordinator", partners.tenant)
    answer = client.post("/alfa/contracts/templates/", {"name": "Nasz wzór", "template": _docx(text)})
    assert answer.status_code == 422 and fault in answer.content.decode()
    with tenant_scope(partners.tenant):
        assert not ContractTemplate.objects.exists()


def test_the_platforms_template_can_be_brought_back_and_removed(partners: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", partners.tenant)
    given = client.get("/alfa/contracts/templates/umowa.docx").content
    assert given == DEFAULT_TEMPLATE.read_bytes()
    file = SimpleUploadedFile("umowa.docx", given)
    assert client.post("/alfa/contracts/templates/", {"name": "Nasz", "template": file}).status_code == 302
    again = client.post(
        "/alfa/contracts/templates/", {"name": "Nasz", "template": SimpleUploadedFile("umowa.docx", given)}
    )
    assert again.status_code == 422
    with tenant_scope(partners.tenant):
        template = ContractTemplate.objects.get()
    assert client.get(f"/alfa/contracts/templates/{template.pk}.docx").content == given
    assert client.post(f"/alfa/contracts/templates/{template.pk}/remove/").status_code == 302
    with tenant_scope(partners.tenant):
        assert not ContractTemplate.objects.exists()


@pytest.mark.parametrize(
    ("outside", "said"),
    [("250.00", "W obecnym tempie środki skończą się"), ("0.00", "Środki z umowy są wyczerpane")],
)
def test_money_ends_when_the_grant_is_spent_not_the_other_costs(wide: Any, outside: str, said: str) -> None:
    """1 000 zł of costs of 1 250 zł at 50 zł an hour of all costs pay 25 hours; 21 are delivered."""
    today = timezone.localdate()
    with tenant_scope(wide.tenant):
        contract = wide.contract
        contract.amount, contract.outside_grant = Decimal(1000), Decimal(outside)
        contract.price_per_hour, contract.cap_minutes = Decimal("50.00"), 1800
        contract.save()
        decision = DecisionFactory(contract=contract, valid_from=today - timedelta(days=60))
        for days in (1, 2):
            visit(decision, wide.worker, today - timedelta(days=days), "08:00", 630)
        (told,) = warnings_of([contract], today=today)[contract.pk]
    assert str(told).startswith(said)


def test_hours_that_run_out_before_the_contract_are_told(wide: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    with tenant_scope(wide.tenant):
        wide.contract.cap_minutes = 100
        wide.contract.save()
        decision = DecisionFactory(contract=wide.contract, valid_from=today - timedelta(days=60))
        assert warnings_of([wide.contract], today=today) == {}
        visit(decision, wide.worker, today - timedelta(days=1), "08:00", 60)
        told = warnings_of([wide.contract], today=today)[wide.contract.pk]
        assert len(told) == 1
        visit(decision, wide.worker, today - timedelta(days=2), "08:00", 60)
        assert "wyczerpany" in str(warnings_of([wide.contract], today=today)[wide.contract.pk][0])
    page = sign_in("director", wide.tenant).get("/alfa/contracts/").content.decode()
    assert "wyczerpany" in page
