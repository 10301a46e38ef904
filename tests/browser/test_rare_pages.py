"""Pages that the demo and the table of routes never stand on: each made to appear, and looked at with axe."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, FormOption
from contracting.contracts import actions
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from reporting.crisis.actions import CaseOpening, open_case, write_document
from reporting.field.models import PhoneEntry
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.contracting.commissioning.test_form_choice import CRITERIA
from tests.contracting.contracts.test_arrangements import PERIOD
from tests.contracting.tenders.outcomes_world import build_scored
from tests.factories.agreements import ACTOR, granted_award
from tests.factories.commissioning import make_cycle, put_at
from tests.factories.people import partner
from tests.reporting.advice.advice_world import ahead, make_world
from tests.reporting.settlement.world import accepted_world

LOOKS: list[dict[str, Any]] = [
    {},
    {"language": "en", "theme": "dark", "viewport": {"width": 390, "height": 844}},
]


def _cycle_at_choice(form: str) -> Cycle:
    cycle = put_at(make_cycle(title=f"Cykl: {form}", **PERIOD), steps.CONTRACTOR_CHOICE)
    FormOption.objects.create(cycle=cycle, form=form, chosen=True, reason="najlepsza")
    return cycle


def _faults(page: Page, address: str, look: dict[str, Any]) -> list[str]:
    answer = page.goto(address)
    assert answer is not None
    assert (answer.status, page.url.endswith(address)) == (200, True), page.url
    return [*check_page(page, look.get("language", "pl")), *check_width(page, 390, 1280)]


def test_pages_of_a_cycle_that_few_come_to(alfa: Tenant, signed_in_page: Callable[..., Page]) -> None:
    with tenant_scope(alfa):
        comparing = put_at(make_cycle(title="Porównanie form"), steps.FORM)
        Cycle.objects.filter(pk=comparing.pk).update(form_criteria=CRITERIA)
        for form in ("entrust", "small_grant"):
            FormOption.objects.create(cycle=comparing, form=form)
        addresses = [f"/alfa/cycles/{comparing.pk}/form/points/"]
        for form in ("own", "procurement", "partnership", "neighbour"):
            cycle = _cycle_at_choice(form)
            addresses += [
                f"/alfa/cycles/{cycle.pk}/contractor/",
                f"/alfa/cycles/{cycle.pk}/contractor/record/",
            ]
    for look in LOOKS:
        page = signed_in_page("director", alfa, **look)
        found = {address: _faults(page, address, look) for address in addresses}
        assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_draft_of_a_contract_is_edited_and_two_offers_compared(
    alfa: Tenant, signed_in_page: Callable[..., Page], new_page: Callable[..., Page]
) -> None:
    with public_scope():
        organisation = partner(alfa, name="Fundacja Rzadka")
    with tenant_scope(alfa):
        draft = actions.draft_contract(granted_award(organisation, number="K/88/2026"), actor=ACTOR)
    scored = build_scored(alfa)
    two = "&".join(f"offer={offer.pk}" for offer in scored.offers[:2])
    member = scored.client(scored.people[0]).cookies[settings.SESSION_COOKIE_NAME].value
    for look in LOOKS:
        director = signed_in_page("director", alfa, **look)
        assert _faults(director, f"/alfa/contracts/to-sign/{draft.pk}/edit/", look) == []
        assert _faults(new_page(session=member, **look), f"{scored.url('compare')}two/?{two}", look) == []


def test_documents_of_a_crisis_case_that_only_its_team_reads(
    alfa: Tenant, signed_in_page: Callable[..., Page]
) -> None:
    for look in LOOKS:
        page = signed_in_page("social_worker", alfa, **look)
        actor = Actor(page.user.pk, "Anna Próbna")  # type: ignore[attr-defined]
        with tenant_scope(alfa):
            opening = CaseOpening(opened_at=timezone.now(), contact="phone", identity="anonymous")
            case = open_case(opening, actor=actor)
            told = {"event": "Zdarzenie", "state": "Stan"}
            document = write_document(case, "first_contact", told, actor=actor)
        base = reverse("crisis:document", args=["alfa", case.pk, document.pk])
        for address in (base, f"{base}revise/"):
            assert _faults(page, address, look) == [], address


def test_pages_of_moving_advice_and_of_visits_that_came_too_late(
    alfa: Tenant, signed_in_page: Callable[..., Page]
) -> None:
    """In the demo no appointment lies ahead for whoever may move it, and no phone sent anything too late."""
    advice, world = make_world(alfa), accepted_world(alfa)
    advice.slot(ahead(3))
    booked = advice.book(ahead(4))
    with tenant_scope(alfa):
        late = PhoneEntry.objects.create(
            worker=world.worker,
            decision=world.clean,
            number=world.clean.number,
            day=date(2026, 10, 12),
            start=time(22),
            end=time(6),
            visit_state="done",
            state="waiting",
            said="Miesiąc jest zamknięty.",
        )
    addresses = [f"/alfa/advice/{booked.pk}/time/", "/alfa/field/late/", f"/alfa/field/late/{late.pk}/"]
    for look in LOOKS:
        page = signed_in_page("coordinator", alfa, **look)
        found = {address: _faults(page, address, look) for address in addresses}
        assert not any(found.values()), found
