"""The pages show what the pilots reported: advice by type, sums that add up, depth and persons (S-100, S-084)."""

import io
import re
from datetime import date
from typing import Any

import pytest
import python_calamine

from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from reporting.advice.models import Appointment
from reporting.advice.queries import advice_counts
from reporting.demo.advice import add_advice
from tenants.actions import create_tenant
from tenants.models import Organisation, Partnership, Tenant, Territory
from tenants.roles import Role
from tests.factories.people import signed_in_client

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
# As printed in the reports of the pilots and of the project for indebted persons.
REPORTED = {
    "powiat-jaroslawski": (901, {"prawna": 202, "psychologiczna": 435, "rodzinna": 264}),
    "powiat-koszalinski": (1426, {"prawna": 503, "psychologiczna": 508, "rodzinna": 415}),
    "powiat-tucholski": (341, {"prawna": 81, "psychologiczna": 133, "rodzinna": 127}),
    "krakow": (985, {"prawna": 489, "psychologiczna": 294, "rodzinna": 202}),
}


def _tenant(slug: str) -> Tenant:
    """The tenant of the demo with nothing but its advice."""
    tenant = create_tenant(
        slug=slug,
        name=f"Gmina {slug}",
        kind=Tenant.Kind.COMMUNE,
        territory=Territory.objects.get(pk="3262011"),
        unit_name="Ośrodek",
        unit_type=Tenant.UnitType.OPS,
        population=None,
        actor=Actor.system("tests"),
    )
    with public_scope():
        organisation = Organisation.objects.create(name=f"Stowarzyszenie {slug}")
        Partnership.objects.create(tenant=tenant, organisation=organisation)
    with tenant_scope(tenant):
        add_advice(tenant, {}, TODAY)
    return tenant


def _figures(tenant: Tenant) -> tuple[Any, str]:
    client = signed_in_client(Role.DIRECTOR, tenant)
    answer = client.get(f"/{tenant.slug}/advice/figures/")
    assert answer.status_code == 200
    return client, re.sub(r"\s+", " ", answer.content.decode())


def table_of(page: str, anchor: str) -> dict[str, int]:
    """Name and count of each row of a table of the page."""
    part = page.split(f'id="{anchor}"')[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="num"><a [^>]*>([^<]+)</a>', part)
    return {name: int(re.sub(r"\D", "", count)) for name, count in rows}


@pytest.mark.parametrize("slug", REPORTED)
def test_advice_by_type_as_reported_and_the_sum_is_the_total(slug: str) -> None:
    total, kinds = REPORTED[slug]
    client, page = _figures(_tenant(slug))
    shown = table_of(page, "kinds")
    assert shown == {**kinds, "inna": 0, "razem": total}
    assert sum(kinds.values()) == total
    workbook = client.get(f"/{slug}/advice/figures/figures.xlsx")
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0)
    assert {row[0]: row[1] for row in sheet.to_python()[1:]} == shown
    listed = client.get(f"/{slug}/advice/?kind=legal&state=done").content.decode()
    assert re.search(rf">{kinds['prawna']}\W+pora", listed)


def test_warsaw_has_11246_sessions_of_which_1202_in_depth_for_3232_persons() -> None:
    tenant = _tenant("warszawa")
    _client, page = _figures(tenant)
    assert table_of(page, "kinds")["razem"] == 11_246
    assert table_of(page, "depths") == {"ogólna": 11_246 - 1_202, "pogłębiona": 1_202, "razem": 11_246}
    persons = re.search(r"osoby objęte poradnictwem</dt> <dd> ?<span class=\"stat-value\">([^<]+)<", page)
    assert persons and re.sub(r"\D", "", persons[1]) == "3232"
    with tenant_scope(tenant):
        counts = advice_counts(date(2020, 1, 1), TODAY)
        assert (counts.total, counts.persons, counts.by_depth["in_depth"]) == (11_246, 3_232, 1_202)
        assert counts.by_status[Appointment.State.NO_SHOW] > 0
