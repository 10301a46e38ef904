"""Links without a login, in a real browser: what their pages forbid must not forbid the answer."""

from collections.abc import Callable

from playwright.sync_api import Page

from kernel.tenancy import tenant_scope
from reporting.advice.links import answer_path
from reporting.advice.models import Appointment
from tenants.models import Tenant
from tests.factories.care import WorkerFactory
from tests.reporting.advice.advice_world import ahead


def test_an_appointment_is_confirmed_and_cancelled_by_the_buttons_of_its_link(
    alfa: Tenant, new_page: Callable[..., Page]
) -> None:
    with tenant_scope(alfa):
        booked = Appointment.objects.create(
            adviser=WorkerFactory(), kind="legal", place="remote", link_key="klucz",
            starts_at=ahead(3), ends_at=ahead(3, 11),
        )  # fmt: skip
        address = answer_path(booked)
    page = new_page()
    page.goto(address)
    for button, state in (("Przyjdę", "confirmed"), ("Nie mogę przyjść", "cancelled")):
        page.get_by_role("button", name=button).click()
        page.locator(".notice").wait_for()
        with tenant_scope(alfa):
            assert Appointment.objects.get().state == state
