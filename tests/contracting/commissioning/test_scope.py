"""Step 2 through HTTP: the arithmetic on the page, who may change what, the gate, and what is refused."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, QualityIndicator, ScopeItem
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import make_cycle, make_need, make_standard, put_at


@pytest.fixture
def cycle(alfa: Any) -> Cycle:
    """A cycle at step 2 with one diagnosed need."""
    with tenant_scope(alfa):
        made = put_at(make_cycle(), steps.SCOPE)
        make_need(made, 6000)
    return made


def _text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def _refusal(page: Any) -> str:
    """The list of what needs correcting, as the page shows it."""
    found = re.search(r'class="error-summary".*?</ul>', _text(page))
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def _rows(*rows: dict[str, Any], initial: int = 0, seen: str = "", prefix: str = "rows") -> dict[str, Any]:
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial, "seen": seen,
    }  # fmt: skip
    for place, row in enumerate(rows):
        data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return data


def _item(cycle: Cycle, **changes: Any) -> dict[str, Any]:
    need = cycle.needs.first()
    return {
        "activity": str(cycle.service.activities.get(code="hygiene").pk),
        "need": str(need.pk) if need else "",
        "performer": "carer",
        "mode": "together",
        "times_week": "5",
        "minutes_each": "45 min",
        "persons": "12",
        "note": "",
        **changes,
    }


def test_activities_are_entered_and_their_arithmetic_shown(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    address = f"/alfa/cycles/{cycle.pk}/scope/activities/"
    assert client.get(address).status_code == 200
    with tenant_scope(alfa):
        data = _rows(
            _item(cycle),
            _item(
                cycle,
                need="",
                performer="family",
                mode="for_person",
                times_week="0,5",
                minutes_each="1:30",
                persons="4",
            ),
        )
    assert client.post(address, data).status_code == 302
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/scope/"))
    # 5 × 45 × 12 × 52 / 12 = 11 700 minutes; 0,5 × 90 × 4 × 52 / 12 = 780 minutes.
    assert "5 × 45 min × 12 × 52 : 12" in text and "195:00" in text
    assert "0,5 × 90 min × 4 × 52 : 12" in text and "13:00" in text
    assert "bez zdiagnozowanej potrzeby" in text and "1 czynność nie odpowiada" in text
    with tenant_scope(alfa):
        assert ScopeItem.objects.count() == 2
        entry = Entry.objects.get(verb="edit_scope")
        assert entry.subject_id == str(cycle.pk) and len(entry.payload["after"]) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"times_week": "0"}, "razy w tygodniu"),
        ({"times_week": "71"}, "razy w tygodniu"),
        ({"times_week": "trzy"}, "to nie jest liczba"),
        ({"minutes_each": "25 h"}, "24 h"),
        ({"persons": "0"}, "liczba osób"),
        ({"performer": ""}, "kto wykonuje"),
        ({"activity": "11111111-1111-7111-8111-111111111111"}, "czynność"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    alfa: Any, sign_in: Any, cycle: Cycle, change: dict[str, str], said: str
) -> None:
    with tenant_scope(alfa):
        data = _rows(_item(cycle, **change))
    answer = sign_in("coordinator", alfa).post(f"/alfa/cycles/{cycle.pk}/scope/activities/", data)
    assert answer.status_code == 422
    assert said in _refusal(answer)
    with tenant_scope(alfa):
        assert not ScopeItem.objects.exists() and not Entry.objects.filter(verb="edit_scope").exists()


def test_the_same_activity_for_the_same_need_twice_is_refused(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        data = _rows(_item(cycle), _item(cycle, persons="3"))
    answer = sign_in("coordinator", alfa).post(f"/alfa/cycles/{cycle.pk}/scope/activities/", data)
    assert answer.status_code == 422 and "Wiersz 2" in _text(answer)
    with tenant_scope(alfa):
        assert not ScopeItem.objects.exists()


@pytest.mark.parametrize("page", ["activities", "terms", "indicators"])
@pytest.mark.parametrize("role", ["social_worker", "inspector", "accountant"])
def test_who_only_reads_changes_nothing(alfa: Any, sign_in: Any, cycle: Cycle, role: str, page: str) -> None:
    client = sign_in(role, alfa)
    shown = client.get(f"/alfa/cycles/{cycle.pk}/scope/")
    assert shown.status_code == 200 and "Edytuj czynności" not in _text(shown)
    assert client.post(f"/alfa/cycles/{cycle.pk}/scope/{page}/", {}).status_code == 403


def test_a_step_that_is_not_open_cannot_be_changed(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("director", alfa)
    for kind in (steps.NEEDS_DIAGNOSIS, steps.FORM):
        with tenant_scope(alfa):
            put_at(cycle, kind)
            data = _rows(_item(cycle))
        answer = client.post(f"/alfa/cycles/{cycle.pk}/scope/activities/", data)
        assert answer.status_code == 422
        terms = {"places": "Barlinek", "support_network": "", "seen": ""}
        answer = client.post(f"/alfa/cycles/{cycle.pk}/scope/terms/", {**terms, **_rows(prefix="hours")})
        assert answer.status_code == 422
    with tenant_scope(alfa):
        assert not ScopeItem.objects.exists() and not Cycle.objects.get().places


def _terms(*rows: dict[str, Any], seen: str = "") -> dict[str, Any]:
    terms = {"places": "Mieszkania osób\nKlub Seniora", "support_network": "Rodzina: zakupy w weekend"}
    return {**_rows(*rows, prefix="hours", seen=seen), **terms}


def test_terms_are_saved_with_their_hours(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    address = f"/alfa/cycles/{cycle.pk}/scope/terms/"
    seen = client.get(address).context["form"].initial["seen"]
    rows = [
        {"weekdays": ["1", "2", "3", "4", "5"], "start": "7:00", "end": "20:00"},
        {"weekdays": ["6", "7"], "start": "8", "end": "12"},
    ]
    assert client.post(address, _terms(*rows, seen=seen)).status_code == 302
    with tenant_scope(alfa):
        assert Cycle.objects.get().availability == [
            {"weekdays": [1, 2, 3, 4, 5], "from": "07:00", "to": "20:00"},
            {"weekdays": [6, 7], "from": "08:00", "to": "12:00"},
        ]
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/scope/"))
    assert "pn, wt, śr, cz, pt" in text and "07:00–20:00" in text and "Rodzina: zakupy" in text
    assert client.post(address, _terms(*rows[:1], seen=seen)).status_code == 409
    answer = client.post(address, _terms({"weekdays": ["1"], "start": "20:00", "end": "7:00"}))
    assert answer.status_code == 422 and "koniec musi być po początku" in _text(answer)
    overlapping = _terms(rows[0], {"weekdays": ["5"], "start": "19:00", "end": "22:00"})
    assert "nakładają się" in _text(client.post(address, overlapping))


def test_the_gate_waits_for_standard_activities_places_and_indicators(
    alfa: Any, sign_in: Any, cycle: Cycle
) -> None:
    client = sign_in("director", alfa)
    answer = client.post(f"/alfa/cycles/{cycle.pk}/steps/scope/pass/", {"note": "gotowe"})
    assert answer.status_code == 422
    text = _text(answer)
    for missing in (
        "wersję standardu",
        "co najmniej jedną czynność",
        "gdzie świadczy się",
        "co najmniej jeden wskaźnik",
    ):
        assert missing in text
    with tenant_scope(alfa):
        standard = make_standard(cycle.service)
        Cycle.objects.update(standard=standard, places="Mieszkania osób")
        ScopeItem.objects.create(
            cycle=cycle, activity=cycle.service.activities.first(), performer="family", mode="together",
            times_week=Decimal(1), minutes_each=60, persons=2,
        )  # fmt: skip
        QualityIndicator.objects.create(
            cycle=cycle,
            name="Wizyty o czasie",
            unit="%",
            direction="at_least",
            target=95,
            method="dzienniczki",
        )
        fresh = Cycle.objects.get()
        unmet = [str(check.label) for check in contribution_to(steps.SCOPE, fresh, None).unmet]
        assert unmet == ["Czynności z czasem i wykonawcą"], "what the family does alone is no service"
        ScopeItem.objects.update(performer="carer")
    assert client.post(f"/alfa/cycles/{cycle.pk}/steps/scope/pass/", {"note": "gotowe"}).status_code == 302


def test_indicators_come_with_target_and_method(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    row = {
        "name": "Wykonane z przyznanych", "unit": "%", "direction": "at_least", "target": "95,5",
        "method": "Z przyjętych miesięcy", "measure": "fulfilment",
    }  # fmt: skip
    address = f"/alfa/cycles/{cycle.pk}/scope/indicators/"
    assert client.post(address, _rows(row)).status_code == 302
    assert "co najmniej 95,5 %" in _text(client.get(f"/alfa/cycles/{cycle.pk}/scope/"))
    again = client.post(address, _rows({**row, "target": "-1"}))
    assert again.status_code == 422


def test_queries_do_not_grow_with_the_scope(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    with tenant_scope(alfa):
        activity = cycle.service.activities.first()

    def grow(count: int) -> None:
        with tenant_scope(alfa):
            for number in range(count):
                ScopeItem.objects.create(
                    cycle=cycle, activity=activity, need=make_need(cycle, name=f"{count} {number}"),
                    performer=ScopeItem.Performer.values[number % 7], mode="together",
                    times_week=1, minutes_each=30, persons=1,
                )  # fmt: skip

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = [f"/alfa/cycles/{cycle.pk}/scope/", f"/alfa/cycles/{cycle.pk}/scope/activities/"]
    grow(2)
    client.get(addresses[0])
    few = [asked(address) for address in addresses]
    grow(12)
    assert [asked(address) for address in addresses] == few


def test_an_empty_scope_begins_with_the_needs_of_the_diagnosis(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("coordinator", alfa)
    address = f"/alfa/cycles/{cycle.pk}/scope/activities/"
    with tenant_scope(alfa):
        activity = cycle.service.activities.get(code="meals")
        need = make_need(cycle, name="Posiłki", activity=activity, persons=7)
        data = _rows(_item(cycle))
    suggested = [row.initial for row in client.get(address).context["rows"].initial_forms]
    assert suggested == [
        {"activity": activity.pk, "need": need.pk, "performer": "carer", "mode": "together", "persons": 7}
    ]
    assert client.post(address, data).status_code == 302
    assert [row.initial["persons"] for row in client.get(address).context["rows"].initial_forms] == [12]
