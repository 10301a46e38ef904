"""Data of organisations that tenants share: who may correct what, and where it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from kernel.tenancy import tenant_scope
from tenants.models import Organisation, Partnership, Tenant
from tenants.roles import Role
from tests.factories.people import OrganisationFactory, partner

SignIn = Callable[..., Any]
NIP, OTHER_NIP = "5272755413", "5260250995"
pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(alfa: Tenant) -> Organisation:
    """A partner of alfa only."""
    return partner(alfa, name="Fundacja Dobry Dom", legal_form="foundation", nip=NIP, krs="0000123456")


def address(tenant: Tenant, organisation: Organisation) -> str:
    pk = Partnership.objects.get(tenant=tenant, organisation=organisation).pk
    return reverse("people:correct_partner", args=[tenant.slug, pk])


def given(client: Any, page: str, **changed: str) -> dict[str, Any]:
    """What the form would send, with something changed; its hidden stamp included."""
    shown = client.get(page).context["form"]
    return {**{name: shown[name].value() or "" for name in shown.fields}, **changed}


def corrections(tenant: Tenant | None) -> list[tuple[str, Any]]:
    """(label of the actor, payload) of the corrections on record in the tenant, or of the platform."""
    rows = Entry.objects.filter(verb="correct_organisation").order_by("sequence")
    if tenant is None:
        return list(rows.values_list("actor_label", "payload"))
    with tenant_scope(tenant):
        return list(rows.values_list("actor_label", "payload"))


def test_the_director_of_the_only_tenant_corrects_everything(
    alfa: Tenant, beta: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    director = sign_in(Role.DIRECTOR, alfa)
    page = address(alfa, organisation)
    sent = given(
        director, page, name="Fundacja Dobry Domek", nip="526-025-09-95", address="ul. Długa 1, Barlinek"
    )
    assert director.post(page, sent)["Location"] == reverse("people:partners", args=["alfa"])
    organisation.refresh_from_db()
    assert (organisation.name, organisation.nip, organisation.address) == (
        "Fundacja Dobry Domek",
        OTHER_NIP,
        "ul. Długa 1, Barlinek",
    )
    told = {
        "before": {"name": "Fundacja Dobry Dom", "nip": NIP, "address": ""},
        "after": {"name": "Fundacja Dobry Domek", "nip": OTHER_NIP, "address": "ul. Długa 1, Barlinek"},
    }
    assert corrections(alfa) == [(director.user.full_name, told)]
    assert corrections(None) == [(director.user.full_name, told)]
    assert corrections(beta) == []


def test_once_shared_a_director_only_reads(
    alfa: Tenant, beta: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    director = sign_in(Role.DIRECTOR, alfa)
    page = address(alfa, organisation)
    sent = given(director, page, name="Inna nazwa")
    # The other tenant comes while the form lies open.
    Partnership.objects.create(tenant=beta, organisation=organisation)
    answer = director.get(page)
    assert answer.status_code == 200
    assert 'name="krs"' not in answer.content.decode()
    assert "operator platformy" in answer.content.decode()
    assert director.post(page, sent).status_code == 403
    organisation.refresh_from_db()
    assert organisation.name == "Fundacja Dobry Dom"
    assert corrections(None) == []


def test_the_manager_of_a_shared_organisation_corrects_its_name_and_every_tenant_learns(
    alfa: Tenant, beta: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    Partnership.objects.create(tenant=beta, organisation=organisation)
    manager = sign_in(Role.NGO_MANAGER, alfa, organisation)
    own = reverse("people:own_organisations", args=["alfa"])
    page = address(alfa, organisation)
    assert page in manager.get(own).content.decode()
    sent = given(manager, page, name="Fundacja Nowy Dom", krs="0000999999", nip="")
    assert manager.post(page, sent)["Location"] == own
    organisation.refresh_from_db()
    assert (organisation.name, organisation.krs, organisation.nip) == (
        "Fundacja Nowy Dom",
        "0000123456",
        NIP,
    ), "the numbers are the operator's"
    told = {"before": {"name": "Fundacja Dobry Dom"}, "after": {"name": "Fundacja Nowy Dom"}}
    assert corrections(alfa) == [(manager.user.full_name, told)]
    assert corrections(beta) == [("platform", told)], "another tenant's record names nobody of this one"
    assert corrections(None) == [(manager.user.full_name, told)]


def test_a_shared_number_is_refused_to_the_manager_even_past_the_form(
    alfa: Tenant, beta: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    from kernel.errors import NotAllowed
    from tenants import actions
    from tenants.access import access_to_tenant

    manager = sign_in(Role.NGO_MANAGER, alfa, organisation)
    access = access_to_tenant(manager.user, alfa)
    terms = {"name": organisation.name, "legal_form": "foundation", "krs": "0000999999", "nip": NIP}
    Partnership.objects.create(tenant=beta, organisation=organisation)
    with pytest.raises(NotAllowed):
        actions.correct_organisation(organisation, **terms, tenant=alfa, access=access)
    Partnership.objects.filter(tenant=beta).delete()
    actions.correct_organisation(organisation, **terms, tenant=alfa, access=access)
    assert Organisation.objects.get().krs == "0000999999"


def test_the_manager_finds_the_own_organisation_only(
    alfa: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    other = partner(alfa, name="Obce Stowarzyszenie")
    manager = sign_in(Role.NGO_MANAGER, alfa, organisation)
    assert manager.get(address(alfa, other)).status_code == 404
    assert "Obce" not in manager.get(reverse("people:own_organisations", args=["alfa"])).content.decode()


def test_the_operator_finds_an_organisation_by_name_or_number_and_corrects_a_shared_one(
    alfa: Tenant, beta: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    Partnership.objects.create(tenant=beta, organisation=organisation)
    OrganisationFactory(name="Zupełnie inna")
    operator = sign_in("platform_operator")
    found = reverse("operator:organisations")
    for text in ("dobry", NIP, "123456"):
        names = [row.name for row in operator.get(found, {"text": text}).context["page"]]
        assert names == ["Fundacja Dobry Dom"], text
    assert "Alfa" not in operator.get(found).content.decode(), (
        "whom it works with is not the operator's to see"
    )
    page = reverse("operator:correct_organisation", args=[organisation.pk])
    assert operator.post(page, given(operator, page, nip=OTHER_NIP))["Location"] == found
    assert Organisation.objects.get(pk=organisation.pk).nip == OTHER_NIP
    told = {"before": {"nip": NIP}, "after": {"nip": OTHER_NIP}}
    assert corrections(alfa) == corrections(beta) == [("platform", told)]
    assert corrections(None) == [(operator.user.full_name, told)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"nip": "1234567890"}, "nip"),
        ({"krs": "abc"}, "krs"),
        ({"regon": "123456789"}, "regon"),
        ({"nip": OTHER_NIP}, "nip"),
        ({"name": ""}, "name"),
        ({"krs": "", "nip": ""}, "krs"),
    ],
    ids=["check digit", "letters", "regon", "of another", "no name", "no number left"],
)
def test_wrong_data_are_refused_at_their_field(
    alfa: Tenant, organisation: Organisation, sign_in: SignIn, changed: dict[str, str], field: str
) -> None:
    OrganisationFactory(name="Inna", nip=OTHER_NIP)
    director = sign_in(Role.DIRECTOR, alfa)
    page = address(alfa, organisation)
    answer = director.post(page, given(director, page, **changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Organisation.objects.get(pk=organisation.pk).nip == NIP
    assert corrections(None) == []


def test_a_name_is_corrected_where_no_number_was_ever_given(alfa: Tenant, sign_in: SignIn) -> None:
    bare = partner(alfa, name="Kolo Gospodyn")
    page = address(alfa, bare)
    manager = sign_in(Role.NGO_MANAGER, alfa, bare)
    assert manager.post(page, given(manager, page, name="Koło Gospodyń")).status_code == 302
    assert Organisation.objects.get(pk=bare.pk).name == "Koło Gospodyń"


def test_the_later_of_two_learns_of_the_earlier(
    alfa: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    director, manager = sign_in(Role.DIRECTOR, alfa), sign_in(Role.NGO_MANAGER, alfa, organisation)
    page = address(alfa, organisation)
    earlier, later = given(director, page, name="Pierwsza"), given(manager, page, name="Druga")
    assert director.post(page, earlier).status_code == 302
    answer = manager.post(page, later)
    assert answer.status_code == 409
    assert 'value="Druga"' in answer.content.decode(), "nothing typed is lost"
    assert Organisation.objects.get(pk=organisation.pk).name == "Pierwsza"


def test_saving_without_a_change_leaves_no_trace(
    alfa: Tenant, organisation: Organisation, sign_in: SignIn
) -> None:
    director = sign_in(Role.DIRECTOR, alfa)
    page = address(alfa, organisation)
    assert director.post(page, given(director, page)).status_code == 302
    assert corrections(None) == []
