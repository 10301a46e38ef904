"""Open data: releases that are valid against the schema of OCDS, of organisations and never of persons."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft4Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from contracting.tenders import ocds_sources
from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.models import Award, Call, OfferPartner, OpenedOffer
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, in_days, published_call
from tests.factories.people import partner
from tests.factories.tenders import make_call, opened_offer

pytestmark = pytest.mark.django_db
# The schema is the Open Contracting Partnership's and no part of the product.
SCHEMA = Path(
    os.environ.get("OCDS_SCHEMA", Path(__file__).parents[4] / "shared/data/ocds/release-package-schema.json")
)


@pytest.fixture
def package(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The package of a tenant with a call amended, one annulled, and one decided with its contract."""
    with tenant_scope(alfa), public_scope():
        organisation = partner(alfa, name="Fundacja Wybrana", krs="0000123456")
        joint = partner(alfa, name="Stowarzyszenie Wspólne")
    with tenant_scope(alfa):
        amended = published_call(number="1/2027", contact="Anna Kowalska, tel. 601 234 567")
        values = {"deadline": in_days(50), "contact": "Piotr Wiśniewski, tel. 602 345 678"}
        amend_call(amended, reason="Dłużej", confirm=False, values=values, actor=DIRECTOR)
        annul_call(published_call(number="2/2027"), ground="other", reason="Brak środków", actor=DIRECTOR)
        decided = make_call(number="3/2026", state=Call.State.DECIDED, decided_at=timezone.now())
        offer = opened_offer(decided, organisation)
        OfferPartner.objects.create(
            offer=offer, organisation=joint, state="accepted", answered_at=timezone.now(), in_force=True
        )
        OpenedOffer.objects.filter(offer=offer).update(title="Opieka nad Stefanią Zawadzką")
        award = Award.objects.create(
            offer=offer,
            lot=offer.lot,
            opinion="granted",
            opinion_amount=Decimal("90000.00"),
            decision="granted",
            amount=Decimal("90000.00"),
            decided_at=timezone.now(),
            decided_by=new_id(),
        )
        row = {
            "award_id": award.pk,
            "number": "U/7/2027",
            "signed_on": date(2026, 12, 20),
            "from": date(2027, 1, 1),
            "to": date(2027, 12, 31),
            "amount": Decimal("90000.00"),
        }
    monkeypatch.setattr(ocds_sources, "_SOURCES", [lambda calls: {decided.pk: [row]}])
    answer = Client().get("/alfa/board/ocds.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def validator() -> Draft4Validator:
    """The package's schema with the one of releases, which it names by address, from the same folder."""
    package = json.loads(SCHEMA.read_text("utf-8"))
    release = json.loads((SCHEMA.parent / "release-schema.json").read_text("utf-8"))
    named = package["properties"]["releases"]["items"]["$ref"]
    resource = DRAFT4.create_resource(release)
    return Draft4Validator(package, registry=Registry().with_resource(named, resource))


def by_number(package: dict[str, Any]) -> dict[str, Any]:
    return {release["tender"]["id"]: release for release in package["releases"]}


def test_the_package_is_valid_against_the_schema(package: dict[str, Any]) -> None:
    if not SCHEMA.is_file():
        pytest.skip("the schema of OCDS is not on this machine; name its file in OCDS_SCHEMA")
    schema = validator()
    assert [f"{list(error.path)}: {error.message}" for error in schema.iter_errors(package)] == []
    # The validator does say when something is wrong.
    broken = json.loads(json.dumps(package))
    broken["releases"][0]["tender"]["status"] = "half open"
    assert list(schema.iter_errors(broken)) != []


def test_releases_say_where_each_call_stands(package: dict[str, Any], settings: Any) -> None:
    releases = by_number(package)
    assert package["version"] == "1.1"
    assert {number: release["tag"] for number, release in releases.items()} == {
        "1/2027": ["tenderAmendment"],
        "2/2027": ["tenderCancellation"],
        "3/2026": ["tender", "award", "contract"],
    }
    assert releases["2/2027"]["tender"]["status"] == "cancelled"
    assert all(release["ocid"].startswith(f"{settings.OCDS_PREFIX}-") for release in releases.values())
    amendment = releases["1/2027"]["tender"]["amendments"][0]
    assert (amendment["id"], amendment["rationale"]) == ("1", "Dłużej")


def test_award_and_contract_name_the_organisation(package: dict[str, Any]) -> None:
    release = by_number(package)["3/2026"]
    award, contract = release["awards"][0], release["contracts"][0]
    assert award["value"] == {"amount": 90000.0, "currency": "PLN"}
    assert contract["awardID"] == award["id"]
    supplier, joint = (party for party in release["parties"] if party["roles"] == ["supplier"])
    assert award["suppliers"] == [
        {"id": supplier["id"], "name": "Fundacja Wybrana"},
        {"id": joint["id"], "name": "Stowarzyszenie Wspólne"},
    ]
    assert supplier["identifier"] == {"scheme": "PL-KRS", "id": "0000123456", "legalName": "Fundacja Wybrana"}
    assert release["tender"]["numberOfTenderers"] == 1


def test_the_board_and_its_feed_name_all_who_bid_jointly(
    alfa: Tenant, package: dict[str, Any], client: Client
) -> None:
    with tenant_scope(alfa):
        call = Call.objects.get(number="3/2026")
    assert by_number(package)["3/2026"]["awards"]
    for address in (f"/alfa/board/{call.pk}/", "/alfa/board/feed.rss"):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "Fundacja Wybrana + Stowarzyszenie Wspólne" in page.content.decode()


def test_no_person_is_in_open_data(package: dict[str, Any]) -> None:
    text = json.dumps(package, ensure_ascii=False)
    marks = ("contactPoint", "Iwona Próbna", "Anna Fundacja", "biuro@", "tel. 91", "Nowak")
    for mark in (*marks, "Kowalska", "Wiśniewski", "601 234", "602 345", "Zawadzką"):
        assert mark not in text
    amendment = by_number(package)["1/2027"]["tender"]["amendments"][0]
    assert "Termin składania ofert" in amendment["description"]
    assert amendment["description"].endswith("; Kontakt w sprawie pytań"), (
        "that it was changed is said, not to whom"
    )
    assert by_number(package)["3/2026"]["awards"][0]["title"] == "Część 1"
