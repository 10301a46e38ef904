"""Services that may tell of health need ten persons: in parts, in totals over them, in corrections, and in words."""

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.tenancy import tenant_scope
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_month
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import FactsBatch, Release, ReleasedCell
from reporting.statistics.periods_due import limits_of, rule_of
from reporting.statistics.prefilled.layout import layouts
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory
from tests.factories.facts import care_told, small_tenant
from tests.reporting.statistics.desk_world import ACTOR, OCTOBER
from tests.reporting.statistics.reader import findings_of_everything
from tests.reporting.statistics.sending_world import accept

pytestmark = pytest.mark.django_db
MENTAL = "specialist_mental"
FIGURES = "/region/32/figures/"


def _tell(*tenants: dict[str, int]) -> list[Tenant]:
    """Tenants of one county with so many persons by service, released."""
    made = [small_tenant(number, f"32010{number + 1}2") for number in range(len(tenants))]
    for tenant, services in zip(made, tenants, strict=True):
        care_told(tenant, OCTOBER, **services)
    publish("month", OCTOBER, actor=ACTOR)
    return made


def _cell(tenant: Tenant | str, part: str = "*") -> ReleasedCell:
    place = tenant if isinstance(tenant, str) else str(tenant.pk)
    found: ReleasedCell = ReleasedCell.objects.current().get(population="care", place=place, part=part)
    return found


MANY = {"uslugi": 40, MENTAL: 30}


def test_only_what_the_forms_call_ordinary_care_has_the_ordinary_threshold() -> None:
    """The codes of the dictionary are those of the group in the official forms; every service of it stands on care."""
    plain = dictionary().plain_services
    assert plain == layouts().groups["care"]
    assert not plain & ((layouts().groups["specialist"] or set()) | (layouts().groups["mental"] or set()))
    assert {one.base for one in dictionary().indicators if one.by_service} == {"care"}
    limits = limits_of(rule_of("month", OCTOBER), by_service=True)
    assert [limits.of_part(part) for part in ("*", "care", MENTAL, "nobody_knows_it")] == [5, 5, 10, 10]


@pytest.mark.parametrize("service", [MENTAL, "specialist", "zajecia_terapeutyczne"])
def test_nine_of_a_service_of_health_are_hidden_and_nine_of_ordinary_care_are_not(service: str) -> None:
    few, other, _third, _fourth = _tell(
        {"uslugi": 40, service: 9}, {"uslugi": 9}, {"uslugi": 40, service: 30}, {"uslugi": 50, service: 25}
    )
    assert _cell(few, service).hidden == "persons"
    assert not _cell(other).hidden and not _cell("3201", service).hidden
    assert findings_of_everything() == []


def test_ten_of_a_service_of_health_are_shown() -> None:
    ten, _other = _tell({"uslugi": 40, MENTAL: 10}, MANY)
    assert not _cell(ten, MENTAL).hidden
    assert not ReleasedCell.objects.current().exclude(hidden="").exists()


def test_a_total_that_bounds_a_service_of_health_is_hidden_with_it() -> None:
    few, plain, *_rest = _tell({"uslugi": 6, MENTAL: 2}, {"uslugi": 8}, MANY, MANY, MANY)
    assert _cell(few).hidden == _cell(few, MENTAL).hidden == "persons"
    assert not _cell(plain).hidden
    assert not _cell("3201").hidden and not _cell("3201", MENTAL).hidden
    assert findings_of_everything() == []


def test_a_correction_of_a_service_of_health_is_seen_from_ten_persons_on() -> None:
    first, *_rest = _tell(MANY, MANY, MANY)
    for persons, seen in ((37, "30"), (39, "30"), (40, "40")):
        care_told(first, OCTOBER, **{"uslugi": 40, MENTAL: persons})
        publish("month", OCTOBER, actor=ACTOR)
        figures = _cell(first, MENTAL).figures
        assert figures and figures["care_persons"][1] == seen
    # Of ordinary care five are enough, beside a service of health that stays as it was.
    care_told(first, OCTOBER, **{"uslugi": 45, MENTAL: 40})
    publish("month", OCTOBER, actor=ACTOR)
    figures = _cell(first).figures
    assert figures and figures["care_persons"][1] == "85"


def test_who_comes_late_with_nine_of_a_service_of_health_waits_for_others() -> None:
    _tell(MANY, MANY, MANY)
    late = small_tenant(8, "3201082")
    care_told(late, OCTOBER, **{"uslugi": 20, MENTAL: 9})
    assert publish("month", OCTOBER, actor=ACTOR) is None
    care_told(late, OCTOBER, uslugi=20)
    assert publish("month", OCTOBER, actor=ACTOR) is not None
    assert Release.objects.get(number=2).joined == 1


def test_pages_files_and_the_interface_name_the_threshold_that_holds(
    sign_in: Callable[..., Client], client: Client
) -> None:
    few, *_rest = _tell({"uslugi": 3, MENTAL: 2}, MANY, MANY, MANY)
    analyst = sign_in("regional_analyst", voivodeship="32")
    asked = {"indicator": "care_persons", "period": "2026-10", "level": "tenant"}

    def page(part: str) -> str:
        return analyst.get(FIGURES, asked | {"part": part}).content.decode()

    both = "mniej niż 5 osób (10, gdy usługa może mówić o zdrowiu)"
    assert "mniej niż 10 osób" in page(MENTAL) and both not in page(MENTAL)
    assert both in page("uslugi") and both in page("*")
    assert both in analyst.get("/region/32/", {"month": "2026-10"}).content.decode()
    place = analyst.get(f"/region/32/tenants/{few.pk}/", {"period": "2026-10"}).content.decode()
    assert both in place and "mniej niż 10 osób" in place
    told = analyst.get(f"{FIGURES}file/csv/", asked | {"part": MENTAL}).content.decode("utf-8-sig")
    assert "Ukryte: mniej niż 10 osób" in told
    for part, thresholds in ((MENTAL, (10, 10)), ("uslugi", (5, 10)), ("*", (5, 10))):
        body = client.get("/region/api/v1/figures/", {"indicator": "care_persons", "part": part}).json()
        assert (body["threshold"], body["health_threshold"]) == thresholds
    body = client.get("/region/api/v1/figures/", {"indicator": "care_persons", "period": "2010-01"}).json()
    assert (body["threshold"], body["health_threshold"]) == (None, None)


def test_the_rules_and_the_dictionary_say_which_services_are_ordinary(client: Client) -> None:
    words = dictionary().plain_words["pl"]
    assert words in client.get("/region/rules/").content.decode()
    assert words in client.get("/region/indicators/").content.decode()
    told = client.get("/region/indicators/indicators.json").json()["plain_services"]
    assert told["codes"] == sorted(dictionary().plain_services) and told["pl"] == words


def test_a_receipt_marks_figures_of_services_that_may_tell_of_health(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    with tenant_scope(alfa):
        for code in ("uslugi", MENTAL):
            contract = ContractFactory(service=ServiceFactory(code=code, name=f"Usługa {code}"))
            accept([DecisionFactory(contract=contract, service=contract.service) for _ in range(6)])
        push_month(OCTOBER, actor=ACTOR)
    batch = FactsBatch.objects.get(tenant=alfa, period=OCTOBER)
    page = sign_in("director", alfa).get(f"/alfa/statistics/batches/{batch.pk}/")
    marked = {
        line.service: line.may_tell_of_health for topic in page.context["topics"] for line in topic.lines
    }
    assert marked == {"": False, "Usługa uslugi": False, f"Usługa {MENTAL}": True}
    text = page.content.decode()
    assert "może mówić o zdrowiu" in text and "mniej niż 5 osób (10, gdy usługa może mówić o zdrowiu)" in text
