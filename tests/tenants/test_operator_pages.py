"""The operator: tenants and their state, never their content; the same by command."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit.models import Entry
from tenants import actions
from tenants.models import Invitation, Membership, Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory

pytestmark = pytest.mark.usefixtures("served_as")

SignIn = Callable[..., Any]
GIVEN = {
    "name": "Miasto Szczecin",
    "slug": "szczecin",
    "kind": "city",
    "territory": "3262011",
    "unit_type": "MOPR",
    "unit_name": "Miejski Ośrodek Pomocy Rodzinie w Szczecinie",
    "population": "391000",
}


def url(name: str, *args: Any) -> str:
    return reverse(f"operator:{name}", args=args)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DIRECTOR, "regional_analyst", None])
def test_others_do_not_find_the_operators_pages(alfa: Tenant, sign_in: SignIn, role: str | None) -> None:
    client = sign_in(role, alfa)
    assert client.get(url("tenants")).status_code == 404
    assert client.post(url("create_tenant"), GIVEN).status_code == 404
    assert client.post(url("suspend_tenant", alfa.pk), {"reason": "x"}).status_code == 404
    assert not Tenant.objects.filter(slug="szczecin").exists()
    alfa.refresh_from_db()
    assert alfa.is_active


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["today", "people:list", "care:persons", "contracts:list", "audit:entries"])
def test_the_operator_sees_no_content_of_a_tenant(alfa: Tenant, sign_in: SignIn, name: str) -> None:
    assert sign_in("platform_operator").get(reverse(name, args=["alfa"])).status_code == 404


@pytest.mark.django_db
def test_a_tenant_without_a_population_has_its_page(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in("platform_operator")
    assert client.post(url("create_tenant"), {**GIVEN, "population": ""}).status_code == 302
    page = client.get(url("tenant", Tenant.objects.get(slug="szczecin").pk))
    assert page.status_code == 200


@pytest.mark.django_db
def test_a_tenant_is_created_and_its_director_invited(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in("platform_operator")
    created = client.post(url("create_tenant"), GIVEN)
    tenant = Tenant.objects.get(slug="szczecin")
    assert created["Location"] == url("invite_director", tenant.pk)
    director = {"full_name": "Ewa Dyrektor", "email": "ewa@szczecin.test"}
    assert client.post(created["Location"], director)["Location"] == url("tenant", tenant.pk)
    assert Invitation.objects.get().role == Role.DIRECTOR
    page = client.get(url("tenant", tenant.pk)).content.decode()
    assert "ewa@szczecin.test" in page
    assert Entry.objects.filter(verb="create_tenant", subject_id=str(tenant.pk)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Ze Spacją"}, "slug"),
        ({"slug": "alfa"}, "slug"),
        ({"territory": "9999999"}, "territory"),
        ({"territory": "Atlantyda"}, "territory"),
        ({"kind": "commune", "territory": "3262"}, "territory"),
        ({"kind": "county", "territory": "3262"}, "territory"),
        ({"kind": "city", "territory": "3210013"}, "territory"),
        ({"kind": ""}, "kind"),
        ({"unit_name": ""}, "unit_name"),
        ({"population": "-5"}, "population"),
    ],
)
def test_a_refused_tenant_names_the_field_and_leaves_no_schema(
    alfa: Tenant, sign_in: SignIn, change: dict[str, str], field: str
) -> None:
    before = Tenant.objects.count()
    answer = sign_in("platform_operator").post(url("create_tenant"), {**GIVEN, **change})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert GIVEN["unit_name"] in answer.content.decode() or field == "unit_name"
    assert Tenant.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "territory"), [("city", "Szczecin"), ("commune", "barlinek"), ("county", "myśliborski")]
)
def test_a_territory_may_be_given_by_name(alfa: Tenant, sign_in: SignIn, kind: str, territory: str) -> None:
    given = {**GIVEN, "kind": kind, "territory": territory}
    assert sign_in("platform_operator").post(url("create_tenant"), given).status_code == 302
    assert Tenant.objects.get(slug="szczecin").kind == kind


@pytest.mark.django_db
def test_a_suspension_needs_a_reason_that_people_of_the_tenant_then_read(
    alfa: Tenant, sign_in: SignIn
) -> None:
    director, operator = sign_in(Role.DIRECTOR, alfa), sign_in("platform_operator")
    empty = operator.post(url("suspend_tenant", alfa.pk), {"reason": "  "})
    assert empty.status_code == 422
    assert operator.post(url("suspend_tenant", alfa.pk), {"reason": "Zaległa opłata"}).status_code == 302
    refused = director.get(reverse("today", args=["alfa"]))
    assert refused.status_code == 403
    assert "Zaległa opłata" in refused.content.decode()
    assert director.get(reverse("people:list", args=["alfa"])).status_code == 403
    assert operator.post(url("resume_tenant", alfa.pk)).status_code == 302
    assert director.get(reverse("today", args=["alfa"])).status_code == 200


@pytest.mark.django_db
def test_opening_the_page_of_a_step_does_nothing_yet(alfa: Tenant, sign_in: SignIn) -> None:
    actions.suspend_tenant(alfa, reason="Przerwa", actor=actions.tenants.Actor.system("test"))
    assert sign_in("platform_operator").get(url("resume_tenant", alfa.pk)).status_code == 200
    alfa.refresh_from_db()
    assert not alfa.is_active


@pytest.mark.django_db
def test_tenants_are_found_by_name_address_and_code(alfa: Tenant, beta: Tenant, sign_in: SignIn) -> None:
    client = sign_in("platform_operator")

    def found(query: str) -> list[str]:
        return [tenant.slug for tenant in client.get(url("tenants") + query).context["page"]]

    assert found("") == ["alfa", "beta"]
    assert found("?text=gmina+be") == ["beta"]
    assert found("?text=3210") == ["alfa"]
    assert found("?state=suspended") == []
    assert found("?sort=-name") == ["beta", "alfa"]


@pytest.mark.django_db
def test_the_list_asks_the_database_as_often_for_many_tenants(
    alfa: Tenant, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("platform_operator")
    client.get(url("tenants"))
    with django_assert_max_num_queries(15) as few:
        client.get(url("tenants"))
    for number in range(30):
        Tenant.objects.create(
            slug=f"gmina{number}",
            schema_name=f"t_{number:024d}",
            name=f"Gmina {number}",
            kind="commune",
            territory_id="3210013",
            voivodeship_id="32",
            unit_name="OPS",
            unit_type="OPS",
            data_key=b"x",
        )
    with django_assert_max_num_queries(15) as many:
        client.get(url("tenants"))
    assert len(many) == len(few)


@pytest.mark.django_db
def test_the_command_creates_a_tenant_and_invites_its_director(
    alfa: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "create_tenant", "szczecin", "Miasto Szczecin", kind="city", territory="3262", unit_name="MOPR",
        unit_type="MOPR", director="ewa@szczecin.test", director_name="Ewa Dyrektor",
    )  # fmt: skip
    assert "/szczecin/" in capsys.readouterr().out
    assert Invitation.objects.get().email == "ewa@szczecin.test"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"territory": "0000000"}, "0000000 is not in the register"),
        ({"director": "a@b.pl"}, "needs --director-name"),
        ({"kind": "county"}, "territory:"),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(alfa: Tenant, change: dict[str, str], words: str) -> None:
    given = {"kind": "city", "territory": "3262", "unit_name": "MOPR", "unit_type": "MOPR", **change}
    with pytest.raises(CommandError, match=words):
        call_command("create_tenant", "szczecin", "Miasto Szczecin", **given)
    assert not Tenant.objects.filter(slug="szczecin").exists()


@pytest.mark.django_db
def test_the_command_suspends_and_resumes(alfa: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        call_command("suspend_tenant", "alfa")
    with pytest.raises(CommandError, match="no tenant"):
        call_command("suspend_tenant", "nowhere", "x")
    call_command("suspend_tenant", "alfa", "Przerwa techniczna")
    alfa.refresh_from_db()
    assert (alfa.state, alfa.suspension_reason) == ("suspended", "Przerwa techniczna")
    call_command("suspend_tenant", "alfa", resume=True)
    alfa.refresh_from_db()
    assert alfa.is_active


@pytest.mark.django_db
def test_one_place_of_work_is_entered_at_once_and_several_are_offered(
    alfa: Tenant, beta: Tenant, sign_in: SignIn
) -> None:
    home = reverse("home")
    assert sign_in(Role.DIRECTOR, alfa).get(home)["Location"] == reverse("today", args=["alfa"])
    assert sign_in("platform_operator").get(home)["Location"] == url("tenants")
    assert sign_in("regional_analyst").get(home)["Location"] == reverse("statistics:region", args=["32"])
    both = sign_in(Role.DIRECTOR, alfa)
    Membership.objects.create(user=both.user, tenant=beta, role=Role.INSPECTOR)
    page = both.get(home).content.decode()
    assert alfa.name in page
    assert beta.name in page
    assert both.get(reverse("today", args=["beta"])).status_code == 200
    assert both.get(reverse("today", args=["alfa"])).status_code == 200
    nobody = sign_in(None).get(home)
    assert nobody.status_code == 200
    assert reverse("accounts:profile") in nobody.content.decode()


@pytest.mark.django_db
def test_the_director_shown_to_the_operator_is_a_present_one(alfa: Tenant, sign_in: SignIn) -> None:
    Membership.objects.create(user=UserFactory(full_name="Jan Obecny"), tenant=alfa, role=Role.DIRECTOR)
    Membership.objects.create(
        user=UserFactory(full_name="Ola Koordynator"), tenant=alfa, role=Role.COORDINATOR
    )
    page = sign_in("platform_operator").get(url("tenant", alfa.pk)).content.decode()
    assert "Jan Obecny" in page
    assert "Ola Koordynator" not in page
