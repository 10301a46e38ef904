"""The interface through its door: tokens, scopes, bulk calls, repetition, limits, problems."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import Entry, Reading
from kernel.tenancy import tenant_scope
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import Visit
from reporting.exchange.actions import bringing, revoke_token
from reporting.exchange.models import IdempotentCall, Token
from tenants.models import Partnership, Tenant
from tests.meanwhile import meanwhile
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.exchange.calling import MANAGER, System, batch, row, system_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("served_as")]


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


@pytest.fixture
def system(world: DiaryWorld) -> System:
    return system_of(world)


def _visits(world: DiaryWorld) -> int:
    with tenant_scope(world.tenant):
        return Visit.objects.count()


def _problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["detail"]
    assert body["type"] == f"urn:siedem:problem:{body['code']}"
    return dict(body)


# Who may enter.


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("Basic abc", "token_missing"),
        ("Bearer", "token_missing"),
        ("Bearer sdm_00000000_x", "token_unknown"),
    ],
)
def test_without_a_token_that_is_known_nothing_opens(
    world: DiaryWorld, client: Any, header: str | None, code: str
) -> None:
    headers = {"authorization": header} if header else {}
    answer = client.get("/alfa/api/v1/visits/", headers=headers)
    assert _problem(answer, 401)["code"] == code
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(world: DiaryWorld) -> None:
    client = world.client("ngo_manager")
    answer = client.post("/alfa/api/v1/visits/", batch(world), content_type="application/json")
    assert _problem(answer, 401)["code"] == "token_missing"
    assert _visits(world) == 0


def test_a_token_of_another_tenant_is_unknown(world: DiaryWorld, beta: Tenant) -> None:
    elsewhere = system_of(build_diary(beta))
    elsewhere.slug = "alfa"
    assert _problem(elsewhere.get("visits/", month="2024-10"), 401)["code"] == "token_unknown"
    assert _problem(elsewhere.post("visits/", batch(world)), 401)["code"] == "token_unknown"
    assert _visits(world) == 0


def test_revoked_expired_and_shut_tokens_say_so(world: DiaryWorld, system: System) -> None:
    assert system.get("token/").json()["scopes"] == sorted(system.token.scopes)
    with tenant_scope(world.tenant):
        Token.objects.update(created_at=timezone.now() - timedelta(days=9), expires_at=timezone.now())
    assert _problem(system.get("token/"), 401)["code"] == "token_expired"
    with tenant_scope(world.tenant):
        revoke_token(system.token, actor=MANAGER)
        revoke_token(system.token, actor=MANAGER)
        assert Entry.objects.filter(verb="revoke_token").count() == 1
    assert _problem(system.get("token/"), 401)["code"] == "token_revoked"


def test_a_suspended_tenant_and_an_ended_partnership_shut_the_door(world: DiaryWorld, system: System) -> None:
    Partnership.objects.update(since=timezone.localdate() - timedelta(days=9))
    Partnership.objects.filter(organisation=world.organisation).update(
        until=timezone.localdate() - timedelta(days=1)
    )
    assert _problem(system.get("token/"), 403)["code"] == "partnership_over"
    Tenant.objects.filter(slug="alfa").update(state="suspended", suspension_reason="Umowa wygasła")
    problem = _problem(system.post("visits/", batch(world)), 403)
    assert (problem["code"], "Umowa wygasła" in problem["detail"]) == ("tenant_suspended", True)
    assert _visits(world) == 0


def test_scopes_are_needed_one_by_one(world: DiaryWorld) -> None:
    reader = system_of(world, "visits:read")
    assert reader.get("visits/", month="2024-10").status_code == 200
    assert _problem(reader.post("visits/", batch(world)), 403)["code"] == "scope_missing"
    assert _problem(reader.get("months/", month="2024-10"), 403)["code"] == "scope_missing"
    months = system_of(world, "months:read")
    assert months.get("months/", month="2024-10").status_code == 200
    for path in ("contracts/", "activities/", "workers/", "decisions/", "visits/", "visits/changes/"):
        assert _problem(months.get(path), 403)["code"] == "scope_missing"


# Bringing visits.


def test_visits_are_saved_once_and_told_of(world: DiaryWorld, system: System) -> None:
    body = batch(
        world,
        row(world),
        row(world, "2024-10-08", status="cancelled", note="Osoba w szpitalu"),
        row(world, "2024-10-09", "20:00", "11:00"),
    )
    answer = system.post("visits/", body)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert {key: told[key] for key in ("rows", "added", "present")} == {"rows": 3, "added": 3, "present": 0}
    assert [(remark["row"], remark["code"]) for remark in told["remarks"]] == [(3, "unusually_long")]
    assert system.post("visits/", body).json()["present"] == 3
    with tenant_scope(world.tenant):
        assert set(Visit.objects.values_list("source", "state")) == {("api", "done"), ("api", "cancelled")}
        entry = Entry.objects.filter(verb="import_diary").first()
        assert entry.actor_label == f"Kadry i Opieka (sdm_{system.token.prefix})"
        assert entry.payload["source"] == "api"


def test_refused_rows_say_what_the_import_says_and_nothing_is_saved(
    world: DiaryWorld, system: System
) -> None:
    body = batch(
        world,
        row(world),
        row(world, "2024-02-30"),
        row(world, "2024-10-09", end="08:00"),
        row(world, worker="nikt", activities=["loty"]),
        row(world, decision_number="D/obca"),
        row(world, "2099-01-01"),
        row(world, date=None),
        row(world, status="może"),
        row(world, start="8"),
    )
    problem = _problem(system.post("visits/", body), 422)
    assert problem["code"] == "rows_refused"
    assert [(error["row"], error["column"], error["code"]) for error in problem["errors"]] == [
        (2, "date", "no_such_date"),
        (3, "end", "equal_times"),
        (4, "worker", "unknown_worker"),
        (4, "activities", "unknown_activity"),
        (5, "decision_number", "unknown_decision"),
        (6, "date", "not_begun"),
        (7, "date", "missing_value"),
        (8, "status", "unknown_status"),
        (9, "start", "time_format"),
    ]
    assert _visits(world) == 0


def test_the_same_visit_twice_in_a_call_is_refused(world: DiaryWorld, system: System) -> None:
    problem = _problem(system.post("visits/", batch(world, row(world), row(world))), 422)
    assert {(error["row"], error["code"]) for error in problem["errors"]} == {
        (1, "duplicated_row"),
        (2, "duplicated_row"),
    }


def test_a_month_handed_in_is_closed_for_systems_too(world: DiaryWorld, system: System) -> None:
    with tenant_scope(world.tenant):
        freeze_month(
            world.contract, world.decision.valid_from.replace(year=2024, month=10, day=1), actor=MANAGER
        )
    problem = _problem(system.post("visits/", batch(world)), 422)
    assert problem["errors"][0]["code"] == "month_closed"


@pytest.mark.parametrize(
    "rows",
    [
        ["x"],
        [{}],
        [{"decision_number": ""}],
        [{"number": "1", "date": "2024-10-07"}],
        [{"date": 20241007}],
        [{"activities": "shopping"}],
        [{"activities": [1]}],
        [{"note": {"a": 1}}],
    ],
)
def test_rows_of_another_shape_are_named(world: DiaryWorld, system: System, rows: list[Any]) -> None:
    problem = _problem(system.post("visits/", {"contract": world.contract.number, "visits": rows}), 422)
    assert problem["code"] == "wrong_shape"
    assert problem["errors"][0]["row"] == 1


@pytest.mark.parametrize("body", [[], {}, {"visits": []}, {"visits": "x"}, 5, None])
def test_a_body_that_is_no_batch_is_refused(system: System, body: Any) -> None:
    assert _problem(system.post("visits/", body), 422)["code"] == "wrong_body"


@pytest.mark.parametrize(
    "sent",
    [
        "{",
        '{"visits": NaN}',
        "[" * 100_000,
        r'{"contract": "\ud800", "visits": [1]}',
        r'{"visits": [{"a\u0000": ["\u0000"]}]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_json_is_refused(system: System, sent: Any) -> None:
    assert _problem(system.post("visits/", sent, **{"idempotency-key": "k"}), 400)["code"] == "not_json"


def test_another_form_of_body_or_answer_is_refused(world: DiaryWorld, system: System, client: Any) -> None:
    answer = client.post("/alfa/api/v1/visits/", {"contract": "x"}, headers=system.headers())
    assert _problem(answer, 415)["code"] == "media_type"
    assert _problem(system.get("token/", {"accept": "text/csv"}), 406)["code"] == "not_acceptable"
    answer = client.put(
        "/alfa/api/v1/visits/", "{}", content_type="application/json", headers=system.headers()
    )
    assert _problem(answer, 405)["code"] == "method"
    assert _problem(system.get("nothing/here"), 404)["code"] == "not_found"


def test_contracts_of_others_are_unknown(world: DiaryWorld, system: System) -> None:
    other = build_diary(world.tenant)
    for number in (other.contract.number, "U/nie ma", 7, None):
        problem = _problem(system.post("visits/", {"contract": number, "visits": [row(world)]}), 422)
        assert problem["code"] == "unknown_contract"
    # A decision of another organisation is as unknown as one that is not there.
    stolen = batch(world, row(world, decision_number=other.decision.number, worker=other.anna.code))
    codes = {error["code"] for error in _problem(system.post("visits/", stolen), 422)["errors"]}
    assert codes == {"unknown_decision", "unknown_worker"}
    assert _visits(world) == 0


def test_too_much_at_once_is_refused(world: DiaryWorld, system: System, settings: Any) -> None:
    settings.EXCHANGE_ROWS_MAX = 1
    problem = _problem(system.post("visits/", batch(world, row(world), row(world, "2024-10-08"))), 413)
    assert problem["code"] == "too_many_rows"
    settings.EXCHANGE_BODY_MAX_BYTES = 50
    assert _problem(system.post("visits/", batch(world)), 413)["code"] == "body_too_large"
    assert _visits(world) == 0


# The same call again.


def test_the_same_key_and_body_give_the_stored_answer(world: DiaryWorld, system: System) -> None:
    first = system.post("visits/", batch(world), **{"idempotency-key": "k-1"})
    again = system.post("visits/", batch(world), **{"idempotency-key": "k-1"})
    assert first.json() == again.json() == {"rows": 1, "added": 1, "present": 0, "remarks": []}
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    problem = _problem(
        system.post("visits/", batch(world, row(world, "2024-10-08")), **{"idempotency-key": "k-1"}), 422
    )
    assert problem["code"] == "idempotency_key_reused"
    assert _visits(world) == 1
    # The key belongs to the token: another system may use the same one.
    other = system_of(world)
    assert other.post("visits/", batch(world), **{"idempotency-key": "k-1"}).json()["present"] == 1


def test_a_refusal_is_kept_with_its_key_too(world: DiaryWorld, system: System) -> None:
    wrong = batch(world, row(world, worker="nikt"))
    first = _problem(system.post("visits/", wrong, **{"idempotency-key": "k-2"}), 422)
    again = system.post("visits/", wrong, **{"idempotency-key": "k-2"})
    assert (_problem(again, 422), again.headers["Idempotent-Replayed"]) == (first, "true")


def test_a_call_in_progress_is_told_and_a_lost_one_taken_over(world: DiaryWorld, system: System) -> None:
    system.post("visits/", batch(world), **{"idempotency-key": "k-3"})
    with tenant_scope(world.tenant):
        running = IdempotentCall.objects.filter(key="k-3")
        running.update(state="running", status=None, answer=None)
    answer = system.post("visits/", batch(world), **{"idempotency-key": "k-3"})
    assert _problem(answer, 409)["code"] == "call_in_progress"
    assert answer.headers["Retry-After"] == "5"
    with tenant_scope(world.tenant):
        running.update(begun_at=timezone.now() - timedelta(minutes=6))
    taken = system.post("visits/", batch(world), **{"idempotency-key": "k-3"})
    assert taken.json()["present"] == 1


def test_a_call_that_another_request_has_taken_over_saves_nothing(world: DiaryWorld, system: System) -> None:
    """It went silent for minutes, a second one went on with it, and now the first one comes to its end."""
    goes_on = lambda: IdempotentCall.objects.filter(key="k-5").update(begun_at=timezone.now())  # noqa: E731
    with meanwhile(bringing, "finish_call", goes_on):
        answer = system.post("visits/", batch(world), **{"idempotency-key": "k-5"})
    assert _problem(answer, 409)["code"] == "call_taken_over"
    with tenant_scope(world.tenant):
        assert not Visit.objects.filter(source="api").exists()


def test_a_call_that_is_released_at_that_moment_is_asked_for_again(
    world: DiaryWorld, system: System, monkeypatch: Any
) -> None:
    system.post("visits/", batch(world), **{"idempotency-key": "k-5"})
    insert = QuerySet.bulk_create

    def released(self: Any, *given: Any, **named: Any) -> Any:
        made = insert(self, *given, **named)
        if self.model is IdempotentCall:
            IdempotentCall.objects.filter(key="k-5").delete()
        return made

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "bulk_create", released)
        answer = system.post("visits/", batch(world), **{"idempotency-key": "k-5"})
    assert _problem(answer, 409)["code"] == "call_in_progress"
    assert system.post("visits/", batch(world), **{"idempotency-key": "k-5"}).json()["present"] == 1


def test_what_saved_nothing_frees_the_key(world: DiaryWorld, system: System, settings: Any) -> None:
    settings.EXCHANGE_ROWS_MAX = 0
    _problem(system.post("visits/", batch(world), **{"idempotency-key": "k-4"}), 413)
    settings.EXCHANGE_ROWS_MAX = 10
    assert system.post("visits/", batch(world), **{"idempotency-key": "k-4"}).json()["added"] == 1


@pytest.mark.parametrize("key", ["", "a" * 201, "zażółć"])
def test_a_key_of_another_form_is_refused(world: DiaryWorld, system: System, key: str) -> None:
    answer = system.post("visits/", batch(world), **{"idempotency-key": key})
    assert _problem(answer, 422)["code"] == "idempotency_key_invalid"


# Limits, language, traces.


def test_calls_of_a_minute_are_limited_for_each_token(
    world: DiaryWorld, system: System, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("reporting.exchange.api.base.time.time", lambda: 1_000_000_005)
    settings.EXCHANGE_READS_PER_MINUTE, settings.EXCHANGE_WRITES_PER_MINUTE = 2, 1
    assert [system.get("token/").status_code for _ in range(2)] == [200, 200]
    answer = system.get("token/")
    assert _problem(answer, 429)["code"] == "too_many_calls"
    assert answer.headers["Retry-After"] == "15"
    assert system.post("visits/", batch(world)).status_code == 200
    assert system.post("visits/", batch(world)).status_code == 429
    assert system_of(world).get("token/").status_code == 200
    monkeypatch.setattr("reporting.exchange.api.base.time.time", lambda: 1_000_000_025)
    assert system.get("token/").status_code == 200


@pytest.mark.parametrize(
    ("asked", "language", "word"),
    [
        ("en-GB, pl;q=0.5", "en", "token"),
        ("pl", "pl", "tokenu"),
        ("de", "pl", "tokenu"),
        ("", "pl", "tokenu"),
    ],
)
def test_sentences_are_in_the_language_of_the_caller(
    world: DiaryWorld, client: Any, asked: str, language: str, word: str
) -> None:
    client.cookies["django_language"] = "en"
    answer = client.get("/alfa/api/v1/token/", headers={"accept-language": asked})
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    assert word in _problem(answer, 401)["title"].lower()


def test_use_and_readings_are_noted(world: DiaryWorld, system: System) -> None:
    system.post("visits/", batch(world))
    system.get("visits/", month="2024-10")
    system.get("decisions/")
    system.get("workers/")
    with tenant_scope(world.tenant):
        assert Token.objects.get(pk=system.token.pk).last_used_at is not None
        pages = dict(Reading.objects.values_list("page", "subject_count"))
    assert pages == {"exchange:visits": 1, "exchange:decisions": 2, "exchange:workers": 2}


def test_a_server_that_is_away_is_a_problem_too(system: System, monkeypatch: Any) -> None:
    from redis.exceptions import ConnectionError as RedisAway

    def away(*given: Any, **named: Any) -> None:
        raise RedisAway

    monkeypatch.setattr(cache, "add", away)
    assert _problem(system.get("token/"), 503)["code"] == "server_away"
