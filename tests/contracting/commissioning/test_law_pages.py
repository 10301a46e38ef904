"""Pages of the law through HTTP: who reads, who enters values, what is refused, and what the record keeps."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.law import limit
from contracting.commissioning.models import LegalLimit
from contracting.tenders.lawfulness import lawfulness_by_call, lawfulness_of
from contracting.tenders.models import Publication
from kernel.tenancy import tenant_scope
from tests.factories.tenders import make_call

READERS = [
    "director", "coordinator", "social_worker", "benefits_worker", "inspector", "accountant",
]  # fmt: skip


def _form(**changes: Any) -> dict[str, Any]:
    return {
        "value": "30",
        "valid_from": "2027-01-01",
        "valid_to": "",
        "article": "art. 13 ust. 1",
        "source": "Dz.U. 2027 poz. 12",
        "verified": "on",
        **changes,
    }


def _text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def _refusal(page: Any) -> str:
    """The list of what needs correcting, as the page shows it."""
    found = re.search(r'class="error-summary".*?</ul>', _text(page))
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


@pytest.mark.parametrize("role", READERS)
def test_people_of_the_unit_read_the_law(alfa: Any, sign_in: Any, role: str) -> None:
    text = _text(sign_in(role, alfa).get("/alfa/law/"))
    assert "art. 13 ust. 1 ustawy o działalności pożytku publicznego" in text
    assert "21 dni" in text and "Dz.U. 2024 poz. 1491" in text and "niesprawdzone" in text


def test_only_the_director_enters_values(alfa: Any, sign_in: Any) -> None:
    for role in ("coordinator", "accountant", "inspector"):
        client = sign_in(role, alfa)
        assert client.post("/alfa/law/call_days_min/enter/", _form()).status_code == 403
        assert "Wpisz własną wartość" not in _text(client.get("/alfa/law/call_days_min/"))
    with tenant_scope(alfa):
        assert not LegalLimit.objects.exists()


def test_enter_change_and_remove_leave_their_lines(alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", alfa)
    assert client.get("/alfa/law/call_days_min/enter/").status_code == 200
    assert client.post("/alfa/law/call_days_min/enter/", _form()).status_code == 302
    with tenant_scope(alfa):
        row = LegalLimit.objects.get()
        assert (row.unit, row.value, limit("call_days_min", on=date(2027, 1, 1)).value) == ("days", 30, 30)
    page = _text(client.get("/alfa/law/?on=2027-02-01"))
    assert "30 dni" in page and "wartość własna" in page
    address = f"/alfa/law/call_days_min/{row.pk}/"
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, _form(value="28", seen=seen)).status_code == 302
    stale = client.post(address, _form(value="27", seen=seen))
    assert stale.status_code == 409
    assert client.get(f"{address}remove/").status_code == 200
    assert client.post(f"{address}remove/").status_code == 302
    with tenant_scope(alfa):
        assert limit("call_days_min", on=date(2027, 1, 1)).value == 21
        entries = list(Entry.objects.filter(subject_type="legal_limit").order_by("sequence"))
        assert [entry.verb for entry in entries] == ["enter_limit", "change_limit", "remove_limit"]
        assert (entries[1].payload["before"]["value"], entries[1].payload["after"]["value"]) == (
            "30.00",
            "28.00",
        )
        assert entries[2].payload["before"]["source"] == "Dz.U. 2027 poz. 12"


def test_a_back_dated_value_leaves_published_calls_as_they_are(alfa: Any, sign_in: Any) -> None:
    client, today = sign_in("director", alfa), timezone.localdate()
    with tenant_scope(alfa):
        call = make_call(number="8/2026", state="published", deadline=timezone.now() + timedelta(days=2))
        Publication.objects.filter(call=call).update(posted_on=today - timedelta(days=5))
        assert lawfulness_of(call).is_short
    form = _form(value="1", valid_from="2020-01-01")
    assert client.post("/alfa/law/call_days_min/enter/", form).status_code == 302
    with tenant_scope(alfa):
        row = LegalLimit.objects.get()
        assert row.acts_from == today + timedelta(days=1)
        assert lawfulness_of(call).is_short and lawfulness_by_call([call])[call.pk].is_short
        assert limit("call_days_min", on=row.acts_from).value == 1
    address = f"/alfa/law/call_days_min/{row.pk}/"
    with tenant_scope(alfa):
        LegalLimit.objects.update(acts_from=today)
    later = client.post(address, form | {"value": "2"})
    assert later.status_code == 422 and "wpisz jej koniec" in _refusal(later)
    assert client.post(f"{address}remove/").status_code == 422
    past = client.post(address, form | {"valid_to": (today - timedelta(days=1)).isoformat()})
    assert past.status_code == 422 and "dni przyszłych" in _refusal(past)
    end = (today + timedelta(days=5)).isoformat()
    assert client.post(address, form | {"valid_to": end}).status_code == 302
    with tenant_scope(alfa):
        row.refresh_from_db()
        assert (row.value, row.valid_to) == (Decimal("1.00"), today + timedelta(days=5))


@pytest.mark.parametrize(
    ("code", "changes", "said"),
    [
        ("call_days_min", {"value": "21,5"}, "wpisz liczbę całkowitą"),
        ("call_days_min", {"value": "0"}, "większa od 0"),
        ("call_days_min", {"value": "dużo"}, "Wartość"),
        ("call_days_min", {"valid_from": "2027-02-29"}, "nie ma"),
        ("call_days_min", {"valid_to": "2026-12-31"}, "przed początkiem"),
        ("call_days_min", {"article": ""}, "Przepis"),
        ("call_days_min", {"source": ""}, "Źródło"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    alfa: Any, sign_in: Any, code: str, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("director", alfa).post(f"/alfa/law/{code}/enter/", _form(**changes))
    assert answer.status_code == 422
    assert said in _refusal(answer)
    with tenant_scope(alfa):
        assert (
            not LegalLimit.objects.exists() and not Entry.objects.filter(subject_type="legal_limit").exists()
        )


def test_money_takes_grosze_and_the_polish_comma(alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", alfa)
    assert client.post("/alfa/law/small_grant_max_pln/enter/", _form(value="10 500,50")).status_code == 302
    with tenant_scope(alfa):
        assert LegalLimit.objects.get().value == Decimal("10500.50")
    again = client.post("/alfa/law/small_grant_max_pln/enter/", _form(value="11000"))
    assert again.status_code == 422 and "wpis obowiązujący od tego dnia" in _text(again)


def test_where_no_value_is_known_the_page_says_so(alfa: Any, sign_in: Any) -> None:
    text = _text(sign_in("inspector", alfa).get("/alfa/law/?on=2028-03-01"))
    assert "brak wartości na ten dzień" in text
    assert sign_in("inspector", alfa).get("/alfa/law/?on=abc").status_code == 422


def test_unknown_codes_are_not_found(alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", alfa)
    for address in ("/alfa/law/nonsense/", "/alfa/law/nonsense/enter/"):
        assert client.get(address).status_code == 404
        assert client.post(address, _form()).status_code == 404


def test_the_filter_shows_only_what_nobody_checked(alfa: Any, sign_in: Any) -> None:
    text = _text(sign_in("director", alfa).get("/alfa/law/?unverified=on"))
    assert "1 010,00 zł" in text and "21 dni" not in text


def test_the_page_asks_the_database_the_same_however_many_values(
    alfa: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("director", alfa)
    client.get("/alfa/law/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/alfa/law/")
    with tenant_scope(alfa):
        for year in range(2000, 2020):
            LegalLimit.objects.create(
                code="call_days_min",
                value=20,
                unit="days",
                valid_from=date(year, 1, 1),
                article="a",
                source="s",
            )
    with CaptureQueriesContext(connection) as many:
        client.get("/alfa/law/")
    assert len(many) == len(few)
