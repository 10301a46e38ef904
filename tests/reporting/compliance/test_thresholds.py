"""The director sets the thresholds of the comparison; nobody else does, and nothing half right is saved."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit.models import Entry
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ComparisonSettings
from reporting.compliance.queries import thresholds_at_hand
from tenants.models import Tenant
from tenants.roles import NGO_ROLES, Role
from tests.factories.people import partner

SignIn = Callable[..., Client]
ADDRESS = "/alfa/month/thresholds/"
VALUES = {
    "over_tolerance_minutes": "15",
    "under_threshold_percent": "80",
    "overlap_tolerance_minutes": "5",
    "slot_tolerance_minutes": "20",
    "late_entry_days": "3",
    "short_visit_minutes": "15",
    "long_visit_minutes": "600",
    "close_working_day": "7",
    "grace_working_days": "2",
}


def test_the_director_sees_the_defaults_and_changes_them(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    page = client.get(ADDRESS)
    assert page.context["form"].initial["under_threshold_percent"] == 90
    assert client.post(ADDRESS, VALUES).status_code == 302
    with tenant_scope(alfa):
        assert thresholds_at_hand().under_threshold_percent == 80
        assert thresholds_at_hand().over_tolerance_minutes == 15
        assert ComparisonSettings.objects.get().close_working_day == 7
        entry = Entry.objects.get()
        assert entry.verb == "change_thresholds"
        assert entry.payload["before"]["under_threshold_percent"] == 90
        assert entry.payload["after"]["under_threshold_percent"] == 80


def test_saving_the_same_again_writes_no_line(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    client.post(ADDRESS, VALUES)
    client.post(ADDRESS, VALUES)
    with tenant_scope(alfa):
        assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("under_threshold_percent", "101"),
        ("under_threshold_percent", "-1"),
        ("over_tolerance_minutes", "1441"),
        ("close_working_day", "0"),
        ("late_entry_days", "wiele"),
        ("slot_tolerance_minutes", ""),
        ("long_visit_minutes", "10"),
    ],
)
def test_a_wrong_value_is_shown_at_its_field_and_nothing_is_saved(
    alfa: Tenant, sign_in: SignIn, field: str, value: str
) -> None:
    answer = sign_in(Role.DIRECTOR, alfa).post(ADDRESS, VALUES | {field: value})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert answer.context["form"]["late_entry_days"].value() == (VALUES | {field: value})["late_entry_days"]
    with tenant_scope(alfa):
        assert not ComparisonSettings.objects.exists()
        assert not Entry.objects.exists()


def test_the_later_of_two_directors_is_told(alfa: Tenant, sign_in: SignIn) -> None:
    first, second = sign_in(Role.DIRECTOR, alfa), sign_in(Role.DIRECTOR, alfa)
    seen = first.get(ADDRESS).context["form"].initial["seen"]
    first.post(ADDRESS, VALUES | {"seen": seen})
    answer = second.post(ADDRESS, VALUES | {"seen": seen, "late_entry_days": "9"})
    assert answer.status_code == 409
    with tenant_scope(alfa):
        assert ComparisonSettings.objects.get().late_entry_days == 3


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DIRECTOR])
def test_nobody_else_enters(alfa: Tenant, sign_in: SignIn, role: Role) -> None:
    organisation = partner(alfa) if role in NGO_ROLES else None
    client = sign_in(role, alfa, organisation)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, VALUES).status_code == 403
    with tenant_scope(alfa):
        assert not ComparisonSettings.objects.exists()


def test_strangers_and_other_tenants_stay_out(
    alfa: Tenant, beta: Tenant, sign_in: SignIn, client: Client
) -> None:
    assert client.post(ADDRESS, VALUES).status_code == 302
    assert sign_in(Role.DIRECTOR, beta).post(ADDRESS, VALUES).status_code == 404
    with tenant_scope(alfa):
        assert not ComparisonSettings.objects.exists()
