"""Decisions through HTTP: issue, amend, correct, revoke, suspend; what is refused and how it is said."""

from datetime import date, time
from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning.models import LegalLimit
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, PlanSlot, Suspension
from reporting.compliance.queries import compare_month
from tests.factories.care import DecisionFactory, WorkerFactory, plan, visit
from tests.reporting.care.care_forms import decision_form, plan_row


def _new(care: Any) -> str:
    return f"/alfa/care/persons/{care.person.pk}/decisions/new/"


def _decision(care: Any, **fields: Any) -> Any:
    with tenant_scope(care.tenant):
        return DecisionFactory(contract=care.contract, person=care.person, number="D/001/2026", **fields)


@pytest.mark.parametrize("role", ["director", "coordinator", "social_worker"])
def test_issue_with_plan_and_scope(care: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, care.tenant)
    assert client.get(_new(care)).status_code == 200
    data = decision_form(care.contract, care.activities[:2], minutes="20:30")
    data |= plan_row(0, [1, 3, 5], "08:00", "1,5 h") | plan_row(1, [7], "10:00", "45 min", on_holidays="on")
    data["plan-TOTAL_FORMS"] = "2"
    answer = client.post(_new(care), data)
    assert answer.status_code == 302
    with tenant_scope(care.tenant):
        decision = Decision.objects.get()
        assert (decision.person_id, decision.service_id) == (care.person.pk, care.contract.service_id)
        assert (decision.minutes, decision.amount_per) == (1230, "month")
        assert decision.activities == ["shopping", "hygiene"]
        slots = list(decision.slots.values_list("weekday", "start", "minutes", "on_holidays"))
        assert slots == [
            (1, time(8), 90, False),
            (3, time(8), 90, False),
            (5, time(8), 90, False),
            (7, time(10), 45, True),
        ]
        entry = Entry.objects.get(verb="create_decision")
        assert entry.payload["after"]["minutes"] == 1230 and "Ćwik" not in str(entry.payload)
    page = client.get(answer.url).content.decode()
    assert "20 godzin 30 minut miesięcznie" in page and "08:00–09:30" in page and "Higiena" in page


def test_amount_by_the_plan_needs_a_plan(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    data = decision_form(care.contract, care.activities, amount_per="plan", minutes="")
    assert client.post(_new(care), data).status_code == 422
    assert client.post(_new(care), data | plan_row(0, [1, 2], "08:00", "2")).status_code == 302
    with tenant_scope(care.tenant):
        assert Decision.objects.get().minutes is None


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"valid_to": "2026-01-31"}, "valid_to", "31.01.2026"),
        ({"valid_from": "29.02.2026"}, "valid_from", "29.02.2026"),
        ({"valid_from": "2026-13-01"}, "valid_from", "13"),
        ({"valid_to": "jutro"}, "valid_to", "jutro"),
        ({"minutes": ""}, "minutes", ""),
        ({"minutes": "dużo"}, "minutes", "dużo"),
        ({"minutes": "20:75"}, "minutes", "20:75"),
        ({"minutes": "1230"}, "minutes", "1230"),
        ({"minutes": "0"}, "minutes", "0"),
        ({"number": ""}, "number", ""),
        ({"activities": []}, "activities", ""),
        ({"contract": ""}, "contract", ""),
        ({"valid_from": "2028-01-01", "valid_to": "2028-02-01"}, "contract", "U/1/2026"),
    ],
)
def test_refusals_name_field_and_value_and_save_nothing(
    care: Any, sign_in: Any, changes: dict[str, Any], field: str, said: str
) -> None:
    data = decision_form(care.contract, care.activities, **changes) | plan_row(0, [2], "09:15", "2 h")
    answer = sign_in("director", care.tenant).post(_new(care), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert said in str(answer.context["form"].errors[field])
    page = answer.content.decode()
    assert 'value="09:15"' in page and "error-summary" in page
    with tenant_scope(care.tenant):
        assert not Decision.objects.exists() and not PlanSlot.objects.exists() and not Entry.objects.exists()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (plan_row(0, [1], "08:00", "25 h"), "25 h"),
        (plan_row(0, [], "08:00", "2 h"), "plan-0-weekdays"),
        (plan_row(0, [1], "25:00", "2 h"), "plan-0-start"),
        (plan_row(0, [1], "08:00", "2 h") | plan_row(1, [1], "08:00", "1 h"), "08:00"),
        (plan_row(0, [1], "08:00", "2 h") | plan_row(1, [1], "09:00", "1 h"), "09:00"),
        (plan_row(0, [7], "23:00", "2 h") | plan_row(1, [1], "00:30", "1 h"), "00:30"),
    ],
)
def test_refused_plans(care: Any, sign_in: Any, rows: dict[str, Any], said: str) -> None:
    data = decision_form(care.contract, care.activities) | rows | {"plan-TOTAL_FORMS": "2"}
    answer = sign_in("director", care.tenant).post(_new(care), data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant_scope(care.tenant):
        assert not Decision.objects.exists()


def test_two_workers_are_planned_at_once_and_a_third_is_not(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    twice = plan_row(0, [1, 3], "08:00", "2 h") | plan_row(1, [1], "08:00", "2 h")
    data = decision_form(care.contract, care.activities, amount_per="plan", minutes="", two_workers="on")
    data |= twice | {"plan-TOTAL_FORMS": "3"}
    refused = client.post(_new(care), data | plan_row(2, [1], "09:00", "30 min"))
    assert refused.status_code == 422 and "trzecia wizyta" in refused.content.decode()
    assert client.post(_new(care), data).status_code == 302
    with tenant_scope(care.tenant):
        decision = Decision.objects.get()
        slots = list(decision.slots.values_list("weekday", "start", "minutes", "place"))
    assert slots == [(1, time(8), 120, 1), (1, time(8), 120, 2), (3, time(8), 120, 1)]
    address = f"/alfa/care/decisions/{decision.pk}/correct/"
    form = client.get(address).context
    assert [row["weekdays"] for row in form["rows"].initial] == [[1, 3], [1]]
    data |= {"seen": form["form"].initial["seen"], "reason": "typing"}
    assert client.post(address, {**data, "two_workers": ""}).status_code == 422
    assert client.post(address, {**data, "number": "D/101/2026"}).status_code == 302
    with tenant_scope(care.tenant):
        assert Decision.objects.get().number == "D/101/2026"
        assert list(decision.slots.values_list("weekday", "start", "minutes", "place")) == slots


def test_29_february_of_a_leap_year_is_a_day(care: Any, sign_in: Any) -> None:
    with tenant_scope(care.tenant):
        care.contract.valid_to = date(2028, 12, 31)
        care.contract.save()
    data = decision_form(care.contract, care.activities, valid_from="29.02.2028", valid_to="2028-03-31")
    assert sign_in("director", care.tenant).post(_new(care), data).status_code == 302


def test_overlap_names_the_other_decision(care: Any, sign_in: Any) -> None:
    _decision(care, valid_from=date(2026, 1, 5), valid_to=date(2026, 3, 31))
    client = sign_in("director", care.tenant)
    answer = client.post(_new(care), decision_form(care.contract, care.activities))
    assert answer.status_code == 422
    sentence = str(answer.context["form"].errors["valid_from"])
    assert "D/001/2026" in sentence and "31.03.2026" in sentence
    data = decision_form(care.contract, care.activities, valid_from="2026-04-01")
    assert client.post(_new(care), data).status_code == 302


def test_amend_ends_the_predecessor_the_day_before(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    with tenant_scope(care.tenant):
        plan(decision, (1, "08:00", 120), (3, "08:00", 120))
    client = sign_in("social_worker", care.tenant)
    address = f"/alfa/care/decisions/{decision.pk}/amend/"
    page = client.get(address).content.decode()
    assert 'value="20 h"' in page.replace("\u00a0", " ") and 'value="08:00"' in page
    data = decision_form(
        care.contract, care.activities, number="D/001a/2026", minutes="30", valid_from="2026-04-01"
    )
    answer = client.post(address, data | {"valid_to": "2026-12-31"})
    assert answer.status_code == 302
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        later = Decision.objects.get(number="D/001a/2026")
        assert (decision.superseded_from, decision.ends_before) == (date(2026, 4, 1), date(2026, 4, 1))
        assert (later.amends_id, later.minutes) == (decision.pk, 1800)
        assert decision.state_on(date(2026, 4, 1)) == "superseded"
    page = client.get(answer.url).content.decode()
    assert "D/001/2026" in page and "05.01.2026 – 31.03.2026" in page
    again = client.post(address, data | {"number": "D/001b/2026"})
    assert again.status_code == 422 and "D/001a/2026" in again.content.decode()


def test_an_amendment_rests_as_long_as_its_predecessor_was_to_rest(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    with tenant_scope(care.tenant):
        for first, last in (
            ("2026-03-25", "2026-04-10"),
            ("2026-05-01", "2026-05-03"),
            ("2026-02-01", "2026-02-02"),
        ):
            Suspension.objects.create(
                decision=decision, first_day=first, last_day=last, reason=Suspension.Reason.HOSPITAL
            )
    client = sign_in("social_worker", care.tenant)
    data = decision_form(
        care.contract, care.activities, number="D/001a/2026", minutes="30", valid_from="2026-04-01"
    )
    address = f"/alfa/care/decisions/{decision.pk}/amend/"
    assert client.post(address, data | {"valid_to": "2026-05-02"}).status_code == 302
    with tenant_scope(care.tenant):
        later = Decision.objects.get(number="D/001a/2026")
        spans = [(f"{one.first_day:%m-%d}", f"{one.last_day:%m-%d}") for one in later.suspensions.all()]
        assert spans == [("04-01", "04-10"), ("05-01", "05-02")]
        kept = [(f"{one.first_day:%m-%d}", f"{one.last_day:%m-%d}") for one in decision.suspensions.all()]
        assert kept == [("02-01", "02-02"), ("03-25", "03-31")]


@pytest.mark.parametrize("day", ["2026-01-05", "2026-01-01", "2027-02-01"])
def test_an_amendment_begins_while_its_predecessor_holds(care: Any, sign_in: Any, day: str) -> None:
    decision = _decision(care)
    data = decision_form(care.contract, care.activities, valid_from=day, valid_to="2027-12-31")
    answer = sign_in("director", care.tenant).post(f"/alfa/care/decisions/{decision.pk}/amend/", data)
    assert answer.status_code == 422
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.superseded_from is None and Decision.objects.count() == 1


def test_correct_keeps_reason_and_old_terms(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    client = sign_in("coordinator", care.tenant)
    address = f"/alfa/care/decisions/{decision.pk}/correct/"
    seen = client.get(address).context["form"].initial["seen"]
    data = decision_form(
        care.contract, care.activities, number="D/001/2026", minutes="10 h", seen=seen, reason="typing"
    )
    assert client.post(address, data | {"reason": ""}).status_code == 422
    assert client.post(address, data).status_code == 302
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.minutes == 600
        payload = Entry.objects.get(verb="correct_decision").payload
        assert (payload["reason"], payload["before"]["minutes"], payload["after"]["minutes"]) == (
            "typing",
            1200,
            600,
        )
    assert client.post(address, data | {"minutes": "11 h"}).status_code == 409


def test_correcting_the_beginning_moves_the_end_of_the_predecessor(care: Any, sign_in: Any) -> None:
    first = _decision(care)
    client = sign_in("director", care.tenant)
    data = decision_form(care.contract, care.activities, number="D/002/2026", valid_from="2026-04-01")
    client.post(f"/alfa/care/decisions/{first.pk}/amend/", data)
    with tenant_scope(care.tenant):
        second = Decision.objects.get(number="D/002/2026")
    address = f"/alfa/care/decisions/{second.pk}/correct/"
    for day in ("2026-03-01", "2026-05-01"):
        assert client.post(address, data | {"valid_from": day, "reason": "typing"}).status_code == 302
        with tenant_scope(care.tenant):
            first.refresh_from_db()
            assert first.superseded_from == date.fromisoformat(day)
    assert client.post(address, data | {"valid_from": "2026-01-05", "reason": "typing"}).status_code == 422


def test_revoke_and_take_it_back(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    client = sign_in("director", care.tenant)
    address = f"/alfa/care/decisions/{decision.pk}/revoke/"
    for day in ("2026-01-04", "2027-01-01", "30.02.2026", ""):
        assert client.post(address, {"first_day": day, "reason": "death"}).status_code == 422
    assert client.post(address, {"first_day": "2026-06-01", "reason": ""}).status_code == 422
    assert client.post(address, {"first_day": "2026-06-01", "reason": "moved"}).status_code == 302
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.ends_before == date(2026, 6, 1)
        assert Entry.objects.get(verb="revoke_decision").payload["reason"] == "moved"
    assert client.post(address, {"first_day": "2026-07-01", "reason": "moved"}).status_code == 422
    assert client.post(f"/alfa/care/decisions/{decision.pk}/restore/", {"yes": "1"}).status_code == 302
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.revoked_from is None


def test_a_revocation_is_not_taken_back_over_another_decision(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    client = sign_in("director", care.tenant)
    revoke = {"first_day": "2026-02-01", "reason": "moved"}
    client.post(f"/alfa/care/decisions/{decision.pk}/revoke/", revoke)
    assert client.post(_new(care), decision_form(care.contract, care.activities)).status_code == 302
    answer = client.post(f"/alfa/care/decisions/{decision.pk}/restore/", {"yes": "1"})
    assert answer.status_code == 422 and "D/100/2026" in answer.content.decode()
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.revoked_from == date(2026, 2, 1)


def test_suspend_shorten_lift(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    client = sign_in("social_worker", care.tenant)
    address = f"/alfa/care/decisions/{decision.pk}/suspensions/"
    days = {"first_day": "2026-03-01", "last_day": "2026-03-20", "reason": "hospital"}
    assert client.post(f"{address}new/", days).status_code == 302
    for wrong in (
        {"first_day": "2026-03-10", "last_day": "2026-03-30"},
        {"first_day": "2026-04-10", "last_day": "2026-04-09"},
        {"first_day": "2027-04-10", "last_day": "2027-04-19"},
        {"first_day": "2026-02-29", "last_day": "2026-03-01"},
        {"first_day": "2026-05-01", "last_day": "2026-05-02", "reason": "holiday"},
    ):
        assert client.post(f"{address}new/", days | wrong).status_code == 422
    with tenant_scope(care.tenant):
        suspension = Suspension.objects.get()
        assert decision.state_on(date(2026, 3, 20)) == "suspended"
    assert client.post(f"{address}{suspension.pk}/", days | {"last_day": "2026-03-12"}).status_code == 302
    with tenant_scope(care.tenant):
        suspension.refresh_from_db()
        assert suspension.last_day == date(2026, 3, 12)
    assert client.get(f"{address}{suspension.pk}/lift/").status_code == 200
    assert client.post(f"{address}{suspension.pk}/lift/").status_code == 302
    with tenant_scope(care.tenant):
        assert not Suspension.objects.exists()
        assert list(Entry.objects.values_list("verb", flat=True)) == [
            "suspend_decision",
            "change_suspension",
            "lift_suspension",
        ]


def test_scope_follows_the_contract(care: Any, sign_in: Any) -> None:
    page = sign_in("director", care.tenant).get(_new(care) + f"?part=scope&contract={care.contract.pk}")
    text = page.content.decode()
    assert "<html" not in text and "Zakupy" in text


def test_list_filters_sorts_and_tells_the_state(care: Any, sign_in: Any) -> None:
    today = date(2026, 6, 15)
    with tenant_scope(care.tenant):
        resting = DecisionFactory(contract=care.contract, number="D/1", person__surname="Żak")
        Suspension.objects.create(decision=resting, first_day=today, last_day=today, reason="hospital")
        DecisionFactory(contract=care.contract, number="D/2", person__surname="Ćma")
        DecisionFactory(
            contract=care.other_contract, number="D/3", valid_from=date(2026, 7, 1), person__surname="Bąk"
        )
        DecisionFactory(
            contract=care.other_contract, number="D/4", valid_to=date(2026, 5, 1), person__surname="Dąb"
        )
    client = sign_in("inspector", care.tenant)

    def numbers(query: str) -> list[str]:
        page = client.get(f"/alfa/care/decisions/?day=2026-06-15{query}")
        return [decision.number for decision, _state in page.context["rows"]]

    assert numbers("") == ["D/1", "D/2", "D/3", "D/4"]
    assert numbers("&sort=person") == ["D/3", "D/2", "D/4", "D/1"]
    assert numbers("&sort=-number") == ["D/4", "D/3", "D/2", "D/1"]
    assert numbers("&state=suspended") == ["D/1"]
    assert numbers("&state=in_force") == ["D/2"]
    assert numbers("&state=upcoming") == ["D/3"]
    assert numbers("&state=over") == ["D/4"]
    assert numbers(f"&contract={care.other_contract.pk}") == ["D/3", "D/4"]
    assert numbers("&number=/2") == ["D/2"]
    page = client.get("/alfa/care/decisions/?day=2026-06-15")
    assert [state for _d, state in page.context["rows"]] == ["suspended", "in_force", "upcoming", "ended"]


@pytest.mark.parametrize("role", ["benefits_worker", "inspector", "ngo_coordinator"])
def test_readers_do_not_decide(care: Any, sign_in: Any, role: str) -> None:
    decision = _decision(care)
    client = sign_in(role, care.tenant, care.organisation if role.startswith("ngo") else None)
    assert client.get(f"/alfa/care/decisions/{decision.pk}/").status_code == 200
    days = {"first_day": "2026-03-01", "last_day": "2026-03-20", "reason": "hospital"}
    form = decision_form(care.contract, care.activities, valid_from="2027-01-01", valid_to="2027-12-31")
    for verb in ("amend/", "correct/", "revoke/", "restore/", "suspensions/new/"):
        answer = client.post(f"/alfa/care/decisions/{decision.pk}/{verb}", {**form, **days})
        assert answer.status_code == 403
    assert client.post(_new(care), form).status_code == 403
    with tenant_scope(care.tenant):
        assert (
            Decision.objects.count() == 1 and not Suspension.objects.exists() and not Entry.objects.exists()
        )


def test_another_organisations_decision_is_not_there(care: Any, sign_in: Any) -> None:
    decision = _decision(care)
    client = sign_in("ngo_manager", care.tenant, care.other)
    assert client.get(f"/alfa/care/decisions/{decision.pk}/").status_code == 404
    assert "D/001/2026" not in client.get("/alfa/care/decisions/").content.decode()


def test_another_tenants_decision_is_not_there(care: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        decision = DecisionFactory()
    client = sign_in("director", care.tenant)
    for page in ("", "amend/", "correct/", "revoke/", "restore/", "suspensions/new/"):
        assert client.get(f"/alfa/care/decisions/{decision.pk}/{page}").status_code == 404


def test_query_counts_do_not_grow(care: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", care.tenant)
    for count in (5, 50):
        with tenant_scope(care.tenant):
            for _ in range(Decision.objects.count(), count):
                plan(DecisionFactory(contract=care.contract), (1, "08:00", 60))
        with django_assert_max_num_queries(20):
            client.get("/alfa/care/decisions/")
        found = client.post("/alfa/care/search/", {"q": "D/"}).url
        with django_assert_max_num_queries(24):
            client.get(found)


@pytest.mark.parametrize(
    ("issued", "days", "late"),
    [(date(2026, 10, 1), 0, False), (date(2026, 10, 11), 10, False), (date(2026, 10, 12), 11, True)],
)
def test_care_that_began_before_its_decision_says_how_long_the_law_gives(
    care: Any, sign_in: Any, issued: date, days: int, late: bool
) -> None:
    """L-45: the service may begin at once, and its decision is issued within ten days."""
    decision = _decision(care, valid_from=date(2026, 10, 1), issued_on=issued)
    page = sign_in("social_worker", care.tenant).get(f"/alfa/care/decisions/{decision.pk}/").content.decode()
    page = " ".join(page.replace("\u00a0", " ").split())
    assert (f"a wydano ją {days} dni później" in page) is (days > 0)
    assert ("W trybie pilnym przepis daje na to 10 dni (art. 50a" in page) is (days > 0)
    assert ("decyzję wydano po terminie" in page) is late


def test_the_days_for_an_urgent_decision_are_those_of_the_first_day_of_care(care: Any, sign_in: Any) -> None:
    first, client = date(2026, 10, 1), sign_in("director", care.tenant)
    decision = _decision(care, valid_from=first, issued_on=date(2026, 10, 6))
    address = f"/alfa/care/decisions/{decision.pk}/"
    assert "po terminie" not in client.get(address).content.decode()
    with tenant_scope(care.tenant):
        LegalLimit.objects.create(
            code="urgent_decision_days", value=4, unit="days", valid_from=first, valid_to=first,
            acts_from=first, article="art. 50a", source="Dz.U.",
        )  # fmt: skip
    assert "po terminie" in client.get(address).content.decode()


def test_an_amendment_is_no_urgent_start(care: Any, sign_in: Any) -> None:
    begins = date(2026, 11, 1)
    earlier = _decision(care, superseded_from=begins)
    with tenant_scope(care.tenant):
        later = DecisionFactory(
            contract=care.contract,
            person=care.person,
            amends=earlier,
            valid_from=begins,
            issued_on=date(2026, 11, 20),
        )
    page = sign_in("director", care.tenant).get(f"/alfa/care/decisions/{later.pk}/").content.decode()
    assert "20 listopada 2026" in page.replace("\u00a0", " ")
    assert "przed wydaniem decyzji:" not in page, "until it was issued the earlier one held"


def test_visits_between_the_first_day_of_care_and_the_decision_count(care: Any) -> None:
    decision = _decision(care, valid_from=date(2026, 10, 2), issued_on=date(2026, 10, 9), minutes=120)
    with tenant_scope(care.tenant):
        worker = WorkerFactory(organisation=care.contract.organisation)
        for day in (1, 2, 8, 9):
            visit(decision, worker, date(2026, 10, day), "08:00", 30)
        (told,) = compare_month(Month(2026, 10), contracts=[care.contract.pk]).decisions
    assert told.delivered_minutes == 120
    # Only the one before the first day of care is outside the decision.
    assert len([one for one in told.deviations if one.code == "D1"]) == 1
