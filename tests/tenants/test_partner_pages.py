"""Partner organisations: found by number, entered with checked numbers, ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tenants import actions
from tenants.models import Membership, Organisation, Partnership, Tenant
from tenants.roles import NGO_ROLES, Role
from tenants.rules.identifiers import clean_krs, clean_nip, clean_regon
from tests.factories.people import OrganisationFactory, UserFactory, partner

SignIn = Callable[..., Any]


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=["alfa", *args])


@pytest.mark.parametrize(
    ("clean", "text", "digits"),
    [
        (clean_nip, "527-275-54-13", "5272755413"),
        (clean_nip, "PL 5272755413", "5272755413"),
        (clean_nip, "5272755414", None),
        (clean_nip, "527275541", None),
        (clean_nip, "", None),
        (clean_regon, "012345675", "012345675"),
        (clean_regon, "012345676", None),
        (clean_regon, "01234567", None),
        (clean_krs, "0000123456", "0000123456"),
        (clean_krs, "123456", "0000123456"),
        (clean_krs, "00001234567", None),
        (clean_krs, "0000000000", None),
        (clean_krs, "KRS 123", None),
        (clean_krs, "١٢٣", None),
    ],
)
def test_numbers_are_cleaned_or_refused(
    clean: Callable[[str], str | None], text: str, digits: str | None
) -> None:
    assert clean(text) == digits


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.NGO_MANAGER, Role.WORKER])
def test_only_a_director_manages_partners(alfa: Tenant, sign_in: SignIn, role: str) -> None:
    client = sign_in(role, alfa, partner(alfa) if role in NGO_ROLES else None)
    assert client.get(url("partners")).status_code == 403
    given = {"name": "X", "legal_form": "foundation", "krs": "1", "since": "2026-01-01"}
    assert client.post(url("new_partner"), given).status_code == 403
    assert not Organisation.objects.filter(name="X").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0000123456", "123456", "527-275-54-13"])
def test_a_known_organisation_is_found_by_any_of_its_numbers(
    alfa: Tenant, sign_in: SignIn, number: str
) -> None:
    known = OrganisationFactory(krs="0000123456", nip="5272755413")
    client = sign_in(Role.DIRECTOR, alfa)
    found = client.get(url("find_partner"), {"number": number})
    assert found["Location"] == url("add_partner", known.pk)
    added = client.post(found["Location"], {"since": "2026-03-01"})
    assert added["Location"] == url("partners")
    assert Partnership.objects.get(tenant=alfa, organisation=known).since.isoformat() == "2026-03-01"
    again = client.post(url("add_partner", known.pk), {"since": "2026-03-01"})
    assert again.status_code == 422


@pytest.mark.django_db
def test_an_unknown_number_leads_to_the_form_with_the_number_in_it(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    page = client.get(url("find_partner"), {"number": "527-275-54-13"}).content.decode()
    assert f"{url('new_partner')}?nip=5272755413" in page


@pytest.mark.django_db
def test_a_new_organisation_becomes_a_partner(alfa: Tenant, sign_in: SignIn) -> None:
    given = {
        "name": "Fundacja Dom",
        "legal_form": "foundation",
        "krs": "654321",
        "nip": "527 275 54 13",
        "regon": "012345675",
        "since": "2026-02-01",
    }
    answer = sign_in(Role.DIRECTOR, alfa).post(url("new_partner"), given, follow=True)
    assert "Fundacja Dom" in answer.content.decode()
    made = Organisation.objects.get(name="Fundacja Dom")
    assert (made.krs, made.nip, made.regon) == ("0000654321", "5272755413", "012345675")
    assert made.partnerships.get().tenant == alfa


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nip": "5272755414"}, "nip"),
        ({"regon": "123"}, "regon"),
        ({"krs": "abc"}, "krs"),
        ({"krs": ""}, "krs"),
        ({"name": ""}, "name"),
        ({"since": "2026-02-30"}, "since"),
    ],
)
def test_a_wrong_number_is_named_with_its_value_and_nothing_is_saved(
    alfa: Tenant, sign_in: SignIn, change: dict[str, str], field: str
) -> None:
    given = {"name": "Fundacja Dom", "legal_form": "foundation", "krs": "1", "since": "2026-02-01", **change}
    answer = sign_in(Role.DIRECTOR, alfa).post(url("new_partner"), given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    if change[field] and field in {"nip", "regon", "krs"}:
        assert f"„{change[field]}”" in answer.content.decode()
    assert not Organisation.objects.exists()
    assert not Partnership.objects.exists()


@pytest.mark.django_db
def test_a_number_of_another_organisation_is_refused(alfa: Tenant, sign_in: SignIn) -> None:
    OrganisationFactory(nip="5272755413")
    given = {"name": "Podwójna", "legal_form": "foundation", "nip": "5272755413", "since": "2026-02-01"}
    answer = sign_in(Role.DIRECTOR, alfa).post(url("new_partner"), given)
    assert answer.status_code == 422
    assert not Organisation.objects.filter(name="Podwójna").exists()


@pytest.mark.django_db
def test_the_last_day_must_not_come_before_the_first(alfa: Tenant, sign_in: SignIn) -> None:
    partner(alfa)
    partnership = Partnership.objects.get()
    early = partnership.since - timedelta(days=1)
    answer = sign_in(Role.DIRECTOR, alfa).post(
        url("end_partnership", partnership.pk), {"until": early.isoformat()}
    )
    assert answer.status_code == 422
    partnership.refresh_from_db()
    assert partnership.until is None


@pytest.mark.django_db
def test_a_last_day_that_has_passed_ends_the_roles_at_once_and_today_leaves_them(
    alfa: Tenant, sign_in: SignIn
) -> None:
    organisation = partner(alfa)
    today = timezone.localdate()
    Partnership.objects.update(since=today - timedelta(days=30))
    worker = Membership.objects.create(
        user=UserFactory(), tenant=alfa, role=Role.WORKER, organisation=organisation
    )
    client, pk = sign_in(Role.DIRECTOR, alfa), Partnership.objects.get().pk
    assert client.post(url("end_partnership", pk), {"until": today.isoformat()}).status_code == 302
    worker.refresh_from_db()
    assert worker.ended_at is None
    yesterday = (today - timedelta(days=1)).isoformat()
    assert client.post(url("end_partnership", pk), {"until": yesterday}).status_code == 302
    worker.refresh_from_db()
    assert worker.ended_at is not None


@pytest.mark.django_db
def test_a_partnership_of_another_tenant_is_not_found(alfa: Tenant, beta: Tenant, sign_in: SignIn) -> None:
    partner(beta)
    foreign = Partnership.objects.get()
    answer = sign_in(Role.DIRECTOR, alfa).post(url("end_partnership", foreign.pk), {"until": "2026-12-31"})
    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.until is None


@pytest.mark.django_db
def test_a_partnership_that_ended_begins_again_without_a_second_row(alfa: Tenant, sign_in: SignIn) -> None:
    organisation = partner(alfa)
    yesterday = timezone.localdate() - timedelta(days=1)
    Partnership.objects.update(since=yesterday, until=yesterday)
    client = sign_in(Role.DIRECTOR, alfa)
    today = timezone.localdate().isoformat()
    assert client.post(url("add_partner", organisation.pk), {"since": today}).status_code == 302
    renewed = Partnership.objects.get()
    assert (renewed.since.isoformat(), renewed.until) == (today, None)


@pytest.mark.django_db
def test_find_organisation_asks_for_the_whole_number(db: None) -> None:
    OrganisationFactory(krs="0000123456")
    assert actions.find_organisation("12345") is None
    assert actions.find_organisation("Stowarzyszenie") is None
