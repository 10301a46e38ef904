"""Files through the door: what is counted, what is refused and how it is told, saving whole, once, and again."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit.models import Entry
from kernel.access import Actor
from kernel.errors import TenantScopeMissing
from kernel.tenancy import tenant_scope
from reporting.care.keeping import anonymise
from reporting.care.models import Person
from reporting.delivery import tasks
from reporting.delivery.actions import freeze_month
from reporting.delivery.files.cells import STATUS_WORDS
from reporting.delivery.importing import checking, work
from reporting.delivery.models import DiaryImport, Visit
from tenants.models import Tenant
from tests.factories.care import WorkerFactory, visit
from tests.reporting.delivery.diary_files import HEADER, SHEET, csv_file, member, with_members, xlsx_file
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld, build_diary

pytestmark = pytest.mark.django_db
State = DiaryImport.State


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def line(world: DiaryWorld, **changed: str) -> tuple[str, ...]:
    """A good row of the world with some cells changed."""
    said = {
        "decision_number": world.decision.number,
        "date": MONDAY.isoformat(),
        "start": "08:00",
        "end": "10:00",
        "worker": world.anna.code,
        "activities": "shopping|meals",
        "status": "",
        "note": "",
    }
    return tuple((said | changed)[column] for column in HEADER)


@pytest.fixture
def background() -> Any:
    """A worker of the background that does at once what it is told, within the tenant named in the message."""

    def run(task: Any, args: list[str], **options: Any) -> None:
        task.apply(args=args, throw=True)

    with (
        mock.patch.object(tasks.check_import, "apply_async", lambda **kw: run(tasks.check_import, **kw)),
        mock.patch.object(tasks.save_import, "apply_async", lambda **kw: run(tasks.save_import, **kw)),
    ):
        yield


@pytest.fixture
def bring(world: DiaryWorld, django_capture_on_commit_callbacks: Any) -> Callable[..., DiaryImport]:
    """Upload a file and let what was handed over be done; gives the import as it stands then."""

    def upload(client: Client, content: bytes, name: str = "dziennik.csv") -> DiaryImport:
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                world.url("import/"),
                {"contract": str(world.contract.pk), "file": SimpleUploadedFile(name, content)},
            )
        assert answer.status_code == 302, answer.content.decode()
        return latest(world)

    return upload


def latest(world: DiaryWorld) -> DiaryImport:
    with tenant_scope(world.tenant):
        found: DiaryImport = DiaryImport.objects.select_related("file").latest("created_at")
        return found


def visits(world: DiaryWorld) -> list[Visit]:
    with tenant_scope(world.tenant):
        return list(Visit.objects.order_by("starts_at"))


def page(client: Client, world: DiaryWorld, brought: DiaryImport, query: str = "") -> str:
    answer = client.get(world.url(f"import/{brought.pk}/{query}"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(client: Client, world: DiaryWorld, brought: DiaryImport, verb: str, capture: Any) -> DiaryImport:
    with capture(execute=True):
        answer = client.post(world.url(f"import/{brought.pk}/{verb}/"))
    assert answer.status_code == 302
    return latest(world)


def test_a_file_is_checked_confirmed_and_saved(
    world: DiaryWorld,
    bring: Any,
    background: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, MONDAY, "08:00", 120)
    client = world.client()
    content = csv_file(
        [
            line(world),
            line(world, date="08.10.2024", worker="Wójcik  Beata", note="zażółć gęślą"),
            line(world, date="2024-10-31", start="23:00", end="01:00", status="no_show", activities=""),
        ],
        bom=True,
    )
    brought = bring(client, content)
    assert (brought.state, brought.rows_total, brought.rows_new, brought.rows_present) == (
        State.READY,
        3,
        2,
        1,
    )
    assert len(visits(world)) == 1, "nothing is saved before somebody says so"
    html = page(client, world, brought)
    assert "Do dzienniczka zostaną dodane 2 wizyty" in html
    saved = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert (saved.state, saved.rows_new, saved.rows_present) == (State.SAVED, 2, 1)
    second, third = visits(world)[1:]
    assert (second.worker_id, second.activities, second.source) == (
        world.beata.pk,
        ["meals", "shopping"],
        Visit.Source.FILE,
    )
    assert second.entered_by == client.user.pk
    assert (third.state, third.minutes, third.date) == ("no_show", 120, date(2024, 10, 31))
    with tenant_scope(world.tenant):
        entry = Entry.objects.get(verb="import_diary")
    assert entry.payload["added"] == 2
    assert entry.actor_id == client.user.pk
    assert "zażółć" not in str(entry.payload)
    assert "Wizyty są zapisane" in page(client, world, brought)


def test_the_same_file_twice_adds_nothing_and_says_so(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    content = csv_file([line(world), line(world, date="2024-10-08")])
    post(client, world, bring(client, content), "confirm", django_capture_on_commit_callbacks)
    again = bring(client, content)
    assert (again.state, again.rows_new, again.rows_present) == (State.READY, 0, 2)
    html = page(client, world, again)
    assert "Nie ma czego dodać" in html
    assert "/confirm/" not in html
    assert len(visits(world)) == 2


def test_confirming_twice_saves_once(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    brought = bring(client, csv_file([line(world)]))
    for _ in range(2):
        brought = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert (brought.state, brought.rows_new) == (State.SAVED, 1)
    with tenant_scope(world.tenant):
        assert Entry.objects.filter(verb="import_diary").count() == 1


def test_every_refused_row_is_told_and_nothing_is_saved(
    world: DiaryWorld, bring: Any, background: Any
) -> None:
    other = build_diary(world.tenant)
    with tenant_scope(world.tenant):
        for code in ("X1", "X2"):
            WorkerFactory(code=code, surname="Nowak", given_name="Jan", organisation=world.organisation)
        freeze_month(world.contract, date(2024, 9, 1), actor=Actor.system("tests"))
        stored = visit(world.decision, world.anna, date(2024, 9, 3), "08:00", 60)
    rows = [
        line(world),
        line(world, decision_number="D/000"),
        line(world, decision_number=other.decision.number),
        line(world, date="2024-10-09", worker="Nowak Jan"),
        line(world, date="2024-10-10", worker="Nikt Taki"),
        line(world, date="2024-10-11", worker=other.anna.code),
        line(world, date="2024-10-14", activities="shopping|dancing|flying"),
        line(world, date="2024-02-30", worker="Kto To"),
        line(world, date="2024-09-02"),
        line(world, date="2024-09-03", end="09:00"),
        line(world, date="2024-10-15"),
        line(world, date="2024-10-15", worker="Zięba Anna"),
        line(world, date="2024-10-16", end="08:00"),
    ]
    client = world.client()
    brought = bring(client, csv_file(rows))
    assert brought.state == State.REFUSED
    told = [(refusal["row"], refusal["column"], refusal["code"]) for refusal in brought.refusals]
    assert told == [
        (3, "decision_number", "unknown_decision"),
        (4, "decision_number", "unknown_decision"),
        (5, "worker", "ambiguous_worker"),
        (6, "worker", "unknown_worker"),
        (7, "worker", "unknown_worker"),
        (8, "activities", "unknown_activity"),
        (8, "activities", "unknown_activity"),
        (9, "date", "no_such_date"),
        (9, "worker", "unknown_worker"),
        (10, "date", "month_closed"),
        (12, "decision_number, worker, start, end", "duplicated_row"),
        (13, "decision_number, worker, start, end", "duplicated_row"),
        (14, "end", "equal_times"),
    ]
    # Row 11 is in the diary already: that it stands in a closed month is no reason to refuse it.
    assert (brought.rows_total, brought.rows_refused, brought.rows_present, brought.rows_new) == (
        13,
        11,
        1,
        1,
    )
    assert [each.pk for each in visits(world)] == [stored.pk]
    html = page(client, world, brought)
    assert "„D/000”" in html
    assert "X1, X2" in html
    assert "Niczego nie zapisano" in html
    assert client.post(world.url(f"import/{brought.pk}/confirm/")).status_code == 302
    assert latest(world).state == State.REFUSED


def test_the_copy_with_reasons_can_be_corrected_and_brought_again(
    world: DiaryWorld, bring: Any, background: Any
) -> None:
    client = world.client()
    rows = [line(world), line(world, date="2024-10-08", worker="Nikt Taki", note="+48 600")]
    brought = bring(client, csv_file(rows))
    answer = client.get(world.url(f"import/{brought.pk}/refused/"))
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.content.decode("utf-8-sig")
    copied = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert copied[1][-1] == ""
    assert copied[2][-1].startswith("worker: ")
    assert "'+48 600" in copied[2]
    corrected = text.replace("Nikt Taki", "Zięba Anna").encode()
    again = bring(client, corrected)
    assert (again.state, again.rows_new) == (State.READY, 2)
    book = client.get(world.url(f"import/{brought.pk}/refused/?as=xlsx"))
    assert book.content.startswith(b"PK")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("decision_number;żółw\n".encode("cp1250"), "Windows-1250"),
        (b"PK\x03\x04 renamed", "uszkodzon"),
        (b"a;b\n1;2\n", "nie zna"),
        (b"date;date\n", "więcej niż raz"),
        (b"\n\n", "pusty"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    world: DiaryWorld, bring: Any, background: Any, content: bytes, words: str
) -> None:
    client = world.client()
    brought = bring(client, content)
    assert brought.state == State.REFUSED
    assert brought.refusals
    html = page(client, world, brought)
    assert "Pliku nie można odczytać" in html
    assert client.get(world.url(f"import/{brought.pk}/refused/")).status_code == 404


def test_a_header_alone_adds_nothing_and_says_so(world: DiaryWorld, bring: Any, background: Any) -> None:
    client = world.client()
    brought = bring(client, csv_file([]))
    assert (brought.state, brought.rows_total) == (State.READY, 0)
    html = page(client, world, brought)
    assert "ani jednej wizyty" in html
    assert "/confirm/" not in html


def test_many_refusals_are_paged(world: DiaryWorld, bring: Any, background: Any) -> None:
    client = world.client()
    rows = [line(world, date="2024-10-08", worker=f"Nikt {number}") for number in range(120)]
    brought = bring(client, csv_file(rows))
    first, third = page(client, world, brought), page(client, world, brought, "?page=3")
    assert first.count("<code>worker</code>") == 50
    assert third.count("<code>worker</code>") == 20


def test_a_spreadsheet_is_read_too(world: DiaryWorld, bring: Any, background: Any) -> None:
    brought = bring(world.client(), xlsx_file([line(world)]), "dziennik.xlsx")
    assert (brought.state, brought.rows_new) == (State.READY, 1)


@pytest.mark.parametrize(
    "damaged", ["styles", "a kind of cell that there is not", "packed as nobody packs it"]
)
def test_a_damaged_spreadsheet_is_told_with_the_remedy(
    world: DiaryWorld, bring: Any, background: Any, damaged: str
) -> None:
    whole = xlsx_file([line(world)])
    strange = member(whole, SHEET).replace('t="s"><v>0', 't="zzz"><v>0')
    content = {
        "styles": lambda: with_members(whole, {"xl/styles.xml": "<styleSheet><cellXfs"}),
        "a kind of cell that there is not": lambda: with_members(whole, {SHEET: strange}),
        "packed as nobody packs it": lambda: with_members(whole, {}, packing=zipfile.ZIP_LZMA),
    }[damaged]()
    client = world.client()
    brought = bring(client, content, "dziennik.xlsx")
    assert (brought.state, brought.refusals[0]["code"]) == (State.REFUSED, "broken_workbook")
    assert "Arkusz jest uszkodzony" in page(client, world, brought)


def test_too_large_empty_and_missing_files_are_refused_at_the_form(world: DiaryWorld, settings: Any) -> None:
    settings.DIARY_FILE_MAX_BYTES = 1_000_000
    client = world.client()
    tried = {
        "20 MB": SimpleUploadedFile("a.csv", b"x" * 1_000_001),
        "pusty": SimpleUploadedFile("a.csv", b""),
        "Wybierz plik": None,
    }
    for words, file in tried.items():
        body = {"contract": str(world.contract.pk)} | ({} if file is None else {"file": file})
        answer = client.post(world.url("import/"), body)
        assert answer.status_code == 422
        assert ("1 MB" if words == "20 MB" else words) in answer.content.decode()
    with tenant_scope(world.tenant):
        assert not DiaryImport.objects.exists()


def test_the_page_chooses_the_only_contract_and_explains_every_column_and_word(world: DiaryWorld) -> None:
    html = world.client().get(world.url("import/")).content.decode()
    assert f'<option value="{world.contract.pk}" selected>' in html
    for column in HEADER:
        assert f"<code>{column}</code>" in html
    for word in (word for words in STATUS_WORDS.values() for word in words):
        assert word in html
    assert "<code>shopping</code>" in html and "Zakupy" in html


def test_visits_that_have_not_begun_are_refused_as_in_the_grid(
    world: DiaryWorld, bring: Any, background: Any
) -> None:
    client = world.client()
    rows = [
        line(world, date="2098-10-06"),
        line(world, date="2098-10-07", status="nieobecność"),
        line(world, date="2098-10-08", status="odwołana"),
        line(world, date="2098-10-09", worker="nobody"),
    ]
    brought = bring(client, csv_file(rows))
    assert brought.state == State.REFUSED
    assert [(each["row"], each["column"], each["value"], each["code"]) for each in brought.refusals] == [
        (2, "date", "2098-10-06", "not_begun"),
        (3, "date", "2098-10-07", "not_begun"),
        (5, "worker", "nobody", "unknown_worker"),
        (5, "date", "2098-10-09", "not_begun"),
    ]
    assert "Wizyta z 06.10.2098 jest w przyszłości" in page(client, world, brought)


def test_later_today_is_ahead_too(world: DiaryWorld, bring: Any, background: Any) -> None:
    now = datetime(2024, 10, 7, 12, tzinfo=ZoneInfo("Europe/Warsaw"))
    rows = [
        line(world, start="11:00", end="13:00"),
        line(world, start="12:01", end="13:00", worker=world.beata.code),
    ]
    with mock.patch.object(checking.timezone, "now", return_value=now):
        brought = bring(world.client(), csv_file(rows))
    assert [(each["row"], each["column"], each["value"]) for each in brought.refusals] == [
        (3, "start", "12:01")
    ]


def test_with_the_broker_away_the_file_is_kept_and_can_be_tried_again(
    world: DiaryWorld, bring: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    with mock.patch.object(tasks.check_import, "apply_async", side_effect=OperationalError("away")):
        brought = bring(client, csv_file([line(world)]))
    assert (brought.state, brought.queued_at) == (State.WAITING, None)
    age(world, brought, seconds=5)
    html = page(client, world, brought)
    assert "Część systemu pracująca w tle nie odpowiada" in html
    assert "/retry/" in html
    with mock.patch.object(
        tasks.check_import, "apply_async", lambda args, **kw: tasks.check_import.apply(args=args)
    ):
        brought = post(client, world, brought, "retry", django_capture_on_commit_callbacks)
    assert (brought.state, brought.rows_new) == (State.READY, 1)


def age(world: DiaryWorld, brought: DiaryImport, **ago: int) -> None:
    """Let time pass for an import."""
    past = timezone.now() - timedelta(**ago)
    with tenant_scope(world.tenant):
        stored = DiaryImport.objects.filter(pk=brought.pk)
        stored.update(created_at=past)
        stored.exclude(progress_at=None).update(progress_at=past)
        stored.exclude(queued_at=None).update(queued_at=past)


@pytest.mark.parametrize("when", ["checking", "saving"])
def test_a_worker_that_was_killed_leaves_nothing_twice(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any, when: str
) -> None:
    client = world.client()
    brought = bring(client, csv_file([line(world), line(world, date="2024-10-08")]))
    with tenant_scope(world.tenant):
        # What a process that dies in the middle leaves: the state it began, and nothing else of its transaction.
        confirmed = {"confirmed_by": client.user.pk, "confirmed_by_name": "Ewa"} if when == "saving" else {}
        DiaryImport.objects.filter(pk=brought.pk).update(
            state=when, queued_at=timezone.now(), progress_at=timezone.now(), **confirmed
        )
    assert "/progress/" in page(client, world, brought)
    age(world, brought, minutes=2)
    assert "Pracę przerwano" in page(client, world, brought)
    brought = post(client, world, brought, "retry", django_capture_on_commit_callbacks)
    assert brought.state == (State.SAVED if when == "saving" else State.READY)
    assert len(visits(world)) == (2 if when == "saving" else 0)


def test_a_fault_while_saving_leaves_nothing_and_can_be_tried_again(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    brought = bring(client, csv_file([line(world)]))
    # The fault strikes after the rows went in, before the transaction ends.
    with mock.patch.object(work, "record", side_effect=RuntimeError("disk")), pytest.raises(RuntimeError):
        post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert latest(world).state == State.FAILED
    assert visits(world) == []
    brought = post(client, world, brought, "retry", django_capture_on_commit_callbacks)
    assert (brought.state, len(visits(world))) == (State.SAVED, 1)


def test_a_month_closed_between_check_and_word_refuses_the_file_whole(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    brought = bring(client, csv_file([line(world), line(world, date="2024-11-05")]))
    with tenant_scope(world.tenant):
        freeze_month(world.contract, MONDAY, actor=Actor.system("tests"))
    brought = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert brought.state == State.REFUSED
    assert [refusal["code"] for refusal in brought.refusals] == ["month_closed"]
    assert visits(world) == []


def test_a_file_that_names_somebody_anonymised_is_refused_whole_and_what_stands_already_is_not(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client, other = world.client(), world.decisions[1].number
    rows = [
        line(world),
        line(world, decision_number=other),
        line(world, date="2024-10-08", note="po zabiegu"),
    ]
    brought = bring(client, csv_file(rows[:1]))
    post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    brought = bring(client, csv_file(rows))
    assert (brought.state, brought.rows_new) == (State.READY, 2)
    with tenant_scope(world.tenant):
        anonymise([world.decision.person_id])
        code = Person.objects.get(pk=world.decision.person_id).code
    brought = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert brought.state == State.REFUSED and len(visits(world)) == 1
    assert [(one["row"], one["code"]) for one in brought.refusals] == [(4, "person_anonymised")]
    told = page(client, world, brought)
    assert f"Dane osoby {code} zanonimizowano" in told and "Usuń wiersz z pliku" in told
    brought = bring(client, csv_file(rows[:2]))
    brought = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert (brought.state, brought.rows_new, brought.rows_present) == (State.SAVED, 1, 1)


def test_progress_is_told_until_there_is_nothing_to_wait_for(
    world: DiaryWorld, bring: Any, background: Any
) -> None:
    client = world.client()
    brought = bring(client, csv_file([line(world)]))
    address = world.url(f"import/{brought.pk}/progress/")
    assert client.get(address).headers["HX-Refresh"] == "true"
    with tenant_scope(world.tenant):
        DiaryImport.objects.update(
            state="checking", rows_total=20_000, rows_checked=5_000, progress_at=timezone.now()
        )
    answer = client.get(address)
    assert "HX-Refresh" not in answer.headers
    assert 'max="20000"' in answer.content.decode()
    assert 'value="5000"' in answer.content.decode()


def test_files_of_another_organisation_and_tenant_are_not_found(
    world: DiaryWorld, bring: Any, background: Any, beta: Tenant
) -> None:
    brought = bring(world.client(), csv_file([line(world)]))
    for stranger in (build_diary(world.tenant), build_diary(beta)):
        client = stranger.client()
        for path in ("", "progress/", "refused/"):
            assert client.get(stranger.url(f"import/{brought.pk}/{path}")).status_code == 404
        for verb in ("confirm/", "retry/"):
            assert client.post(stranger.url(f"import/{brought.pk}/{verb}")).status_code == 404
        file = SimpleUploadedFile("a.csv", csv_file([line(world)]))
        answer = client.post(stranger.url("import/"), {"contract": str(world.contract.pk), "file": file})
        assert answer.status_code == 422
        assert "dziennik.csv" not in client.get(stranger.url("import/")).content.decode()
    assert latest(world).state == State.READY


@pytest.mark.parametrize("role", ["worker", "director", "coordinator", "inspector", "accountant"])
def test_only_those_who_keep_the_diary_import(world: DiaryWorld, role: str) -> None:
    client = world.client(role)
    file = SimpleUploadedFile("a.csv", csv_file([line(world)]))
    assert client.get(world.url("import/")).status_code == 403
    answer = client.post(world.url("import/"), {"contract": str(world.contract.pk), "file": file})
    assert answer.status_code == 403


def test_tasks_refuse_to_run_outside_a_tenant(world: DiaryWorld, bring: Any, background: Any) -> None:
    brought = bring(world.client(), csv_file([line(world)]))
    for task in (tasks.check_import, tasks.save_import):
        with pytest.raises(TenantScopeMissing):
            task.apply(args=[str(brought.pk)], throw=True)


def test_a_task_sees_the_tenant_it_was_sent_from(
    world: DiaryWorld, bring: Any, background: Any, beta: Tenant
) -> None:
    brought = bring(world.client(), csv_file([line(world)]))
    with tenant_scope(beta), pytest.raises(DiaryImport.DoesNotExist):
        tasks.save_import.apply(args=[str(brought.pk)], throw=True)


def test_statements_of_a_check_do_not_grow_with_rows(
    world: DiaryWorld, django_assert_max_num_queries: Any
) -> None:
    from reporting.delivery.actions.imports import import_file

    with tenant_scope(world.tenant), django_assert_max_num_queries(22):
        days = [MONDAY + timedelta(days=offset) for offset in range(300)]
        content = csv_file([line(world, date=day.isoformat()) for day in days])
        outcome = import_file(
            world.contract, io.BytesIO(content), source=Visit.Source.FILE, actor=Actor.system("tests")
        )
    assert (outcome.rows, outcome.added) == (300, 300)


def test_visits_longer_than_usual_are_told_before_and_after_they_are_saved(
    world: DiaryWorld, bring: Any, background: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client()
    rows = [
        line(world),
        line(world, date="2024-10-08", start="09:00", end="08:00"),
        line(world, date="2024-10-09", start="08:00", end="20:00"),
        line(world, date="2024-10-10", start="09:00", end="08:00", status="no_show", activities=""),
    ]
    brought = bring(client, csv_file(rows))
    assert (brought.state, brought.rows_new) == (State.READY, 4)
    assert [(each["row"], each["code"]) for each in brought.remarks] == [(3, "unusually_long")]
    told = "09:00–08:00: wizyta trwa 23\xa0h, dłużej niż zwykle (do 12\xa0h). Sprawdź początek i koniec."
    ready = page(client, world, brought)
    assert told in ready and "1 wizyta trwa dłużej niż zwykle" in ready
    saved = post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    assert (saved.state, len(visits(world))) == (State.SAVED, 4)
    assert told in page(client, world, saved)
    again = bring(client, csv_file(rows))
    assert (again.rows_new, again.remarks) == (0, [])
