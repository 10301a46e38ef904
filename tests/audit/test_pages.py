"""The record of actions and the log of readings, as a director sees them; and that every verb has its words."""

import ast
import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit.actions import record, record_reading
from audit.checkpoints import take_checkpoint
from audit.models import Entry, Reading
from audit.words import FIELDS, PAGES, SUBJECTS, VERBS
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.roles import NGO_ROLES, Role
from tests.factories.people import partner

SignIn = Callable[..., Any]


def url(name: str = "entries", slug: str = "alfa") -> str:
    return reverse(f"audit:{name}", args=[slug])


def add(tenant: Tenant, verb: str, who: str, *, key: UUID | None = None, **payload: Any) -> Entry:
    with tenant_scope(tenant), transaction.atomic():
        return record(
            verb,
            actor=Actor(key or new_id(), who),
            subject_type="person",
            subject_id=new_id(),
            payload=payload,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DIRECTOR, Role.PRIVACY_OFFICER}))
def test_only_a_director_and_the_data_protection_officer_read_the_record(
    alfa: Tenant, sign_in: SignIn, role: str
) -> None:
    client = sign_in(role, alfa, partner(alfa) if role in NGO_ROLES else None)
    assert client.get(url()).status_code == 403
    assert client.get(url("readings")).status_code == 403
    assert client.post(url("export_entries")).status_code == 403
    assert client.post(url("export_readings")).status_code == 403


@pytest.mark.django_db
def test_the_data_protection_officer_finds_the_record_and_nothing_of_the_work(
    alfa: Tenant, sign_in: SignIn
) -> None:
    add(alfa, "create_person", "Anna")
    client = sign_in(Role.PRIVACY_OFFICER, alfa)
    page = client.get(url()).content.decode()
    assert "Anna" in page
    assert reverse("people:list", args=["alfa"]) not in page
    assert reverse("care:persons", args=["alfa"]) not in page, "no links to pages that stay shut"
    assert client.get(reverse("care:persons", args=["alfa"])).status_code == 403
    assert client.get(reverse("people:list", args=["alfa"])).status_code == 403
    assert url() in client.get(reverse("today", args=["alfa"])).content.decode()


@pytest.mark.django_db
def test_the_record_is_of_the_own_tenant(alfa: Tenant, beta: Tenant, sign_in: SignIn) -> None:
    add(alfa, "create_person", "Anna z Alfy")
    add(beta, "create_person", "Beata z Bety")
    page = sign_in(Role.DIRECTOR, alfa).get(url()).content.decode()
    assert "Anna z Alfy" in page
    assert "Beata z Bety" not in page


@pytest.mark.django_db
def test_the_operator_reads_the_platforms_record_with_the_names_of_today(
    alfa: Tenant, sign_in: SignIn
) -> None:
    add(alfa, "create_person", "Anna z Alfy")
    who = sign_in(None).user
    with transaction.atomic():
        record("sign_in", actor=Actor(who.pk, ""), subject_type="user", subject_id=who.pk)
        record("fail_sign_in", actor=Actor(None, ""), subject_type="user", subject_id="", payload={"by": "x"})
        # Of a subject that has a page in tenants.
        record("create_contract", actor=Actor(None, "probe"), subject_type="contract", subject_id=new_id())
    who.full_name = "Zofia Przemianowana"
    who.save()
    operator = sign_in("platform_operator")
    page = operator.get(reverse("record:entries"), {"check": "1"}).content.decode()
    assert page.count("Zofia Przemianowana") == 2
    assert "nieudane logowanie" in page
    assert "Dziennik jest nienaruszony" in page
    assert "Anna z Alfy" not in page
    assert sign_in(Role.DIRECTOR, alfa).get(reverse("record:entries")).status_code == 404
    only = operator.get(reverse("record:entries"), {"verb": "fail_sign_in"}).context["page"]
    assert [entry.verb for entry in only] == ["fail_sign_in"]
    hers = operator.get(reverse("record:entries"), {"who": "przemianowana"}).context["page"]
    assert [entry.verb for entry in hers] == ["sign_in"]
    assert "Gmina Alfa" in page, "a tenant is named too"


@pytest.mark.django_db
def test_entries_are_found_by_verb_person_and_day(alfa: Tenant, sign_in: SignIn) -> None:
    anna, jan = (sign_in(Role.COORDINATOR, alfa).user for _ in range(2))
    first = add(alfa, "invite_person", "Anna Łącka", key=anna.pk)
    second = add(alfa, "change_role", "Jan Żuk", key=jan.pk)
    with tenant_scope(alfa):
        # The last minute of 4 October in Poland is still the day before in UTC's evening.
        Entry.objects.filter(pk=first.pk).update(at=datetime(2026, 10, 4, 21, 59, tzinfo=UTC))
        Entry.objects.filter(pk=second.pk).update(at=datetime(2026, 10, 4, 22, 0, tzinfo=UTC))
    client = sign_in(Role.DIRECTOR, alfa)

    def found(query: str) -> list[int]:
        return [entry.sequence for entry in client.get(url() + query).context["page"]]

    assert found("") == [2, 1]
    assert found("?verb=invite_person") == [1]
    assert found(f"?who={anna.pk}") == [1]
    assert found(f"?who={jan.pk}") == [2]
    assert found("?who=-") == []
    assert found("?who=lacka") == [], "no name ever stands in an address"
    assert found("?about=person") == [2, 1]
    assert found("?about=decision") == []
    assert found("?first=2026-10-05") == [2]
    assert found("?last=2026-10-04") == [1]
    assert found("?first=2026-10-05&last=2026-10-04") == []
    assert found(f"?subject={second.subject_id}") == [2]


@pytest.mark.django_db
def test_an_altered_entry_is_marked_and_the_whole_record_can_be_checked(
    alfa: Tenant, sign_in: SignIn
) -> None:
    for number in range(3):
        add(alfa, "create_person", f"Osoba {number}")
    client = sign_in(Role.DIRECTOR, alfa)
    assert "Dziennik jest nienaruszony" in client.get(url() + "?check=1").content.decode()
    with tenant_scope(alfa):
        Entry.objects.filter(sequence=2).update(actor_label="Podmieniona")
    page = client.get(url()).content.decode()
    assert page.count("row-must") == 1
    checked = client.get(url() + "?check=1").content.decode()
    assert "Dziennik został naruszony" in checked
    assert "Dziennik jest nienaruszony" not in checked


@pytest.mark.django_db
def test_the_check_compares_with_the_checkpoints_outside(
    alfa: Tenant, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    for number in range(3):
        add(alfa, "create_person", f"Osoba {number}")
    client = sign_in(Role.DIRECTOR, alfa)
    with tenant_scope(alfa):
        take_checkpoint()
        Entry.objects.filter(sequence=3).delete()
    told = client.get(url() + "?check=1").content.decode()
    assert "Dziennik został naruszony" in told
    assert "obcięto wpisy na końcu dziennika" in told
    settings.CHECKPOINTS_BUCKET, settings.S3_ENDPOINT_URL = "none", "http://127.0.0.1:9"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "key", "secret"
    away = client.get(url() + "?check=1").content.decode()
    assert "Magazyn punktów kontrolnych dziennika nie odpowiada" in away
    assert "Dziennik jest nienaruszony" in away, "what the database alone says is still told"


@pytest.mark.django_db
def test_what_a_payload_holds_is_shown_as_text_and_never_as_markup(alfa: Tenant, sign_in: SignIn) -> None:
    add(alfa, "change_role", "Anna", before={"role": "<b>x</b>"}, many=[1, 2], none=None)
    page = sign_in(Role.DIRECTOR, alfa).get(url()).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page
    assert "przed zmianą, rola" in page
    assert "1, 2" in page


@pytest.mark.django_db
def test_readings_are_found_by_the_person_read_and_the_reader(alfa: Tenant, sign_in: SignIn) -> None:
    one, other = new_id(), new_id()
    anna = sign_in(Role.COORDINATOR, alfa).user
    with tenant_scope(alfa):
        record_reading("care.person", actor=Actor(anna.pk, "Anna"), subject_type="person", subject_ids=[one])
        record_reading(
            "care.persons", actor=Actor(None, "Jan"), subject_type="person", subject_ids=[one, other]
        )
        record_reading("care.person", actor=Actor(None, "Ewa"), subject_type="person", subject_ids=[])
        assert Reading.objects.count() == 2
    client = sign_in(Role.DIRECTOR, alfa)

    def readers(query: str) -> set[str]:
        return {reading.actor_label for reading in client.get(url("readings") + query).context["page"]}

    assert readers("") == {"Anna", "Jan"}
    assert readers(f"?person={other}") == {"Jan"}
    assert readers(f"?who={anna.pk}") == {"Anna"}
    assert readers("?who=-") == {"Jan"}
    assert readers("?page_read=care.persons") == {"Jan"}
    assert str(one) not in client.get(url("readings")).content.decode()


@pytest.mark.django_db
def test_the_record_is_taken_along_as_a_file_and_that_is_recorded(alfa: Tenant, sign_in: SignIn) -> None:
    first = add(alfa, "create_person", "=HYPERLINK(1)", note="żółć")
    add(alfa, "change_role", "Jan")
    client = sign_in(Role.PRIVACY_OFFICER, alfa)
    assert client.get(url("export_entries")).status_code == 405
    answer = client.post(url("export_entries") + "?verb=create_person")
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][2] == "'=HYPERLINK(1)"
    assert {first.hash, first.subject_id, '{"note": "żółć"}'} <= set(rows[1])
    with tenant_scope(alfa):
        taken = Entry.objects.get(verb="export_record")
    assert (taken.actor_id, taken.payload) == (
        client.user.pk,
        {"what": "entries", "rows": 1, "filters": {"verb": "create_person"}},
    )


@pytest.mark.django_db
def test_readings_are_taken_along_by_key_of_the_person(
    alfa: Tenant, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = new_id(), new_id()
    with tenant_scope(alfa):
        for person in (one, other):
            record_reading(
                "care.person", actor=Actor(None, "@a"), subject_type="person", subject_ids=[person]
            )
    client = sign_in(Role.PRIVACY_OFFICER, alfa)
    rows = client.post(url("export_readings") + f"?person={one}").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].split(";")[1] == "'@a"
    assert rows[1].endswith(str(one))
    monkeypatch.setattr("audit.views.EXPORT_ROWS_MAX", 1)
    refused = client.post(url("export_readings"))
    assert refused.status_code == 422
    assert "Zawęź dni" in refused.content.decode()
    wrong = client.post(url("export_readings") + "?first=2026-02-02&last=2026-02-01")
    assert wrong.status_code == 422
    with tenant_scope(alfa):
        assert Entry.objects.filter(verb="export_record").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["entries", "readings"])
def test_the_pages_ask_the_database_as_often_for_fifty_rows_as_for_five(
    alfa: Tenant, sign_in: SignIn, django_assert_max_num_queries: Any, name: str
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    client.get(url(name))

    def fill(count: int) -> int:
        for _ in range(count):
            add(alfa, "create_person", "Anna")
            with tenant_scope(alfa):
                record_reading(
                    "care.person", actor=Actor(None, "A"), subject_type="person", subject_ids=[new_id()]
                )
        with django_assert_max_num_queries(20) as seen:
            client.get(url(name))
        return len(seen)

    assert fill(5) == fill(45)


def _constants(call: str, argument: int | str) -> Iterator[tuple[str, str]]:
    """(text, place) of constant arguments that the code of the product gives to a function."""
    for source in ("platform", "tenants", "contracting", "reporting"):
        for path in (Path(settings.ROOT) / source).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    not isinstance(node, ast.Call)
                    or getattr(node.func, "id", getattr(node.func, "attr", "")) != call
                ):
                    continue
                given = (
                    node.args[argument : argument + 1]
                    if isinstance(argument, int)
                    else [keyword.value for keyword in node.keywords if keyword.arg == argument]
                )
                for value in given:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield value.value, f"{path.relative_to(settings.ROOT)}:{node.lineno}"


@pytest.mark.parametrize(
    ("call", "argument", "words"),
    [
        ("record", 0, VERBS),
        ("_note", 0, VERBS),
        ("record", "subject_type", SUBJECTS),
        ("record_reading", 0, PAGES),
        ("names_of", 2, PAGES),
        ("record_reading", "subject_type", SUBJECTS),
    ],
)
def test_everything_that_is_recorded_has_words_in_audit_words(
    call: str, argument: int | str, words: dict[str, Any]
) -> None:
    recorded = list(_constants(call, argument))
    assert len(recorded) >= 1
    assert sorted({f"{text} ({place})" for text, place in recorded if text not in words}) == []


def _literal_keys(value: ast.AST) -> Iterator[str]:
    for node in ast.walk(value):
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value


def _payload_keys(value: ast.AST, within: ast.AST, module: ast.Module) -> Iterator[str]:
    """Names that a payload is written under: of itself, and of what it takes from its function and its module."""
    yield from _literal_keys(value)
    named = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    for node in ast.walk(within):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in named:
                yield from _literal_keys(node.value)
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name in named:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
                    yield from _literal_keys(node.value)


def test_details_that_are_recorded_have_words() -> None:
    known, silent, found = FIELDS.keys() | SUBJECTS.keys(), set(), 0
    for source in ("platform", "tenants", "contracting", "reporting"):
        for path in (Path(settings.ROOT) / source).rglob("*.py"):
            module = ast.parse(path.read_text("utf-8"))
            functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
            for within, node in ((one, node) for one in functions for node in ast.walk(one)):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [one.value for one in node.keywords if one.arg == "payload" and called == "record"]
                for value in given or (node.args[1:2] if called == "_note" else []):
                    keys = {*_payload_keys(value, within, module)}
                    found += len(keys)
                    silent |= {f"{key} ({path.name}:{node.lineno})" for key in keys - known}
    assert found > 100 and sorted(silent) == []


@pytest.mark.django_db
def test_details_are_said_in_words(alfa: Tenant, sign_in: SignIn) -> None:
    add(
        alfa,
        "confirm_clearance",
        "Ola",
        approved_on="2026-01-02",
        before={"valid_to": "2026-03-04"},
        at="2026-01-02T12:04:05.678Z",
        idle=True,
        reference="2026-13-45",
        of_ours=7,
    )
    director = sign_in(Role.DIRECTOR, alfa)
    told = director.get(url()).content.decode()
    assert "<dt>zatwierdzono dnia</dt><dd>02.01.2026</dd>" in told
    assert "<dt>przed zmianą, obowiązuje do</dt><dd>04.03.2026</dd>" in told
    assert "<dt>data i godzina</dt><dd>02.01.2026, 13:04</dd>" in told
    assert "<dt>koniec sesji z powodu bezczynności</dt><dd>tak</dd>" in told
    assert "<dt>znak sprawy</dt><dd>2026-13-45</dd>" in told
    assert "<dt>of ours</dt><dd>7</dd>" in told
    assert "approved_on" not in told
