"""Files of advice through their pages: checked and saved in the background, whole or not at all, never twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError

from kernel.tenancy import tenant_scope
from reporting.advice import tasks
from reporting.advice.importing import checking, work
from reporting.advice.models import AdviceFile, Appointment
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.reporting.advice.advice_world import AdviceWorld

pytestmark = pytest.mark.django_db
HEADER = "date;time;adviser;type;minutes;place;depth;status;topic;person"
GOOD = f"{HEADER}\n05.10.2026;16:30;A01;prawna;60;ośrodek;;;zadłużenie;K-17\n2026-10-05;17:30;Lis Ewa;family;45;home;in_depth;no_show;;\n"


def _bring(world: AdviceWorld, content: str, role: str = Role.NGO_COORDINATOR, **fields: Any) -> Any:
    file = SimpleUploadedFile("porady.csv", content.encode(), content_type="text/csv")
    with working():
        return world.client(role).post(world.url("files/"), {"file": file, **fields})


def _post(client: Any, path: str) -> str:
    """The page that a button leads to, once the background has done its work."""
    with working():
        answer = client.post(path)
    assert answer.status_code == 302
    return str(client.get(answer["Location"]).content.decode())


def _file(world: AdviceWorld) -> AdviceFile:
    with tenant_scope(world.tenant):
        found: AdviceFile = AdviceFile.objects.first()
        return found


def test_a_file_is_checked_shown_and_saved_on_ones_word_and_twice_adds_nothing(advice: AdviceWorld) -> None:
    assert _bring(advice, GOOD).status_code == 302
    first = _file(advice)
    assert (first.state, first.rows_new) == ("ready", 2)
    client = advice.client(Role.NGO_COORDINATOR)
    assert "Zostaną dodane 2 wiersze" in client.get(advice.url(f"files/{first.pk}/")).content.decode()
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
    for _ in range(2):
        page = _post(client, advice.url(f"files/{first.pk}/save/"))
        assert "Porady z tego pliku są zapisane" in page and f"Zapisano: {client.user.full_name}" in page  # type: ignore[attr-defined]
    with tenant_scope(advice.tenant):
        assert Appointment.objects.count() == 2
        assert Appointment.objects.get(kind="family").state == "no_show"
    _bring(advice, GOOD)
    again = _file(advice)
    assert (again.rows_new, again.rows_present) == (0, 2)
    assert "już tu są" in client.get(advice.url(f"files/{again.pk}/")).content.decode()
    # What leaves as CSV comes in again and adds nothing.
    exported = client.get(advice.url("export.csv")).content.decode("utf-8-sig")
    assert exported.splitlines()[0] == HEADER
    _bring(advice, exported)
    assert (_file(advice).rows_new, _file(advice).rows_present) == (0, 2)


def test_a_first_visit_at_home_in_a_file_is_remarked_on_and_saved(advice: AdviceWorld) -> None:
    _bring(
        advice,
        f"{HEADER}\n05.10.2026;16:30;A01;prawna;60;dom;;;;K-17\n12.10.2026;16:30;A01;prawna;60;dom;;;;K-17\n",
    )
    brought, client = _file(advice), advice.client(Role.NGO_COORDINATOR)
    assert (brought.state, brought.rows_new, len(brought.remarks)) == ("ready", 2, 1)
    page = client.get(advice.url(f"files/{brought.pk}/")).content.decode().replace("\xa0", " ")
    assert "1 pierwsza wizyta w domu bez drugiego pracownika" in page
    assert "Wiersze pliku: 2<" in page
    assert "bez drugiego pracownika" in _post(client, advice.url(f"files/{brought.pk}/save/"))
    with tenant_scope(advice.tenant):
        first = Appointment.objects.get(first_home_visit=True)
    card = client.get(advice.url(f"{first.pk}/")).content.decode()
    assert "nikogo nie wpisano" in card and "pierwsza wizyta w domu" in card


def test_refused_rows_are_listed_with_reasons_also_in_a_copy_and_nothing_is_saved(
    advice: AdviceWorld,
) -> None:
    _bring(advice, GOOD + "05.13.2026;99:00;X;legal;60;office;;;;\n")
    brought = _file(advice)
    assert (brought.state, brought.rows_refused) == ("refused", 1)
    client = advice.client(Role.NGO_COORDINATOR)
    page = client.get(advice.url(f"files/{brought.pk}/")).content.decode()
    assert "Niczego nie zapisano" in page and "05.13.2026”" in page
    copy = client.get(advice.url(f"files/{brought.pk}/refused/")).content.decode("utf-8-sig")
    assert "refused_because" in copy.splitlines()[0] and "date:" in copy
    assert "Tego pliku nie można teraz zapisać" in _post(client, advice.url(f"files/{brought.pk}/save/"))
    assert advice.client(Role.COORDINATOR).get(advice.url(f"files/{brought.pk}/")).status_code == 200
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()


def test_files_that_are_none_are_refused_whole_in_words_of_advice(advice: AdviceWorld, settings: Any) -> None:
    settings.DIARY_FILE_MAX_BYTES = 1_000_000
    for content, says in (("", "Plik jest pusty. Zapisz porady"), ("x" * 1_000_001, "najwyżej 1 MB")):
        refused = _bring(advice, content)
        assert refused.status_code == 422 and says in refused.content.decode().replace("\xa0", " ")
    with tenant_scope(advice.tenant):
        assert not AdviceFile.objects.exists()
    assert advice.client(Role.NGO_COORDINATOR).post(advice.url("files/")).status_code == 422
    _bring(advice, "kiedy;godzina\n1;2\n")
    page = advice.client(Role.NGO_COORDINATOR).get(advice.url(f"files/{_file(advice).pk}/")).content.decode()
    assert "pliki z poradami nie mają" in page and "dziennik" not in page.split("<main")[1].lower()


def test_what_changed_since_the_check_is_found_before_saving(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        contract = ContractFactory(organisation=advice.organisation)
    _bring(advice, GOOD, contract=contract.pk)
    brought = _file(advice)
    with tenant_scope(advice.tenant):
        type(advice.adviser).objects.filter(pk=advice.adviser.pk).update(
            active=False, ended_on=date(2026, 9, 1)
        )
    client = advice.client(Role.NGO_COORDINATOR)
    page = _post(client, advice.url(f"files/{brought.pk}/save/"))
    assert "Od sprawdzenia pliku coś się zmieniło" in page
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
        assert AdviceFile.objects.get().state == "refused"


@contextmanager
def working() -> Iterator[None]:
    """A worker of the background that does at once what it is told."""

    def run(task: Any) -> Any:
        return mock.patch.object(
            task, "apply_async", lambda args, **_options: task.apply(args=args, throw=True)
        )

    with run(tasks.check_file), run(tasks.save_file), TestCase.captureOnCommitCallbacks(execute=True):
        yield


def test_the_page_follows_the_check_and_a_broker_that_is_away_loses_nothing(advice: AdviceWorld) -> None:
    away = mock.patch.object(tasks.check_file, "apply_async", side_effect=OperationalError("away"))
    file = SimpleUploadedFile("porady.csv", GOOD.encode())
    client = advice.client(Role.NGO_COORDINATOR)
    with away, TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(advice.url("files/"), {"file": file}).status_code == 302
    brought = _file(advice)
    assert (brought.state, brought.queued_at) == ("waiting", None)
    path, progress = advice.url(f"files/{brought.pk}/"), advice.url(f"files/{brought.pk}/progress/")
    _set(advice, state="checking", rows_total=20_000, rows_checked=4_000, progress_at=timezone.now())
    answer = client.get(progress)
    assert "HX-Refresh" not in answer.headers
    assert 'max="20000"' in answer.content.decode() and 'value="4000"' in answer.content.decode()
    assert progress in client.get(path).content.decode()
    _set(advice, state="waiting", created_at=timezone.now() - timedelta(seconds=5), progress_at=None)
    assert client.get(progress).headers["HX-Refresh"] == "true"
    assert "Część systemu pracująca w tle nie odpowiada" in client.get(path).content.decode()
    assert "Zostaną dodane 2 wiersze" in _post(client, advice.url(f"files/{brought.pk}/retry/"))


@pytest.mark.parametrize("when", ["checking", "saving"])
def test_a_worker_that_was_killed_leaves_nothing_twice(advice: AdviceWorld, when: str) -> None:
    _bring(advice, GOOD)
    client, path = advice.client(Role.NGO_COORDINATOR), advice.url(f"files/{_file(advice).pk}/")
    long_ago = timezone.now() - timedelta(minutes=2)
    said = {"confirmed_by_name": "Ewa"} if when == "saving" else {}
    _set(advice, state=when, created_at=long_ago, queued_at=long_ago, progress_at=long_ago, **said)
    assert "Pracę przerwano" in client.get(path).content.decode()
    for _ in range(2):
        _post(client, path + "retry/")
    assert _file(advice).state == ("saved" if when == "saving" else "ready")
    with tenant_scope(advice.tenant):
        assert Appointment.objects.count() == (2 if when == "saving" else 0)


def test_a_fault_while_saving_leaves_nothing_and_can_be_tried_again(advice: AdviceWorld) -> None:
    _bring(advice, GOOD)
    client, path = advice.client(Role.NGO_COORDINATOR), advice.url(f"files/{_file(advice).pk}/")
    # The fault strikes after the rows went in, before the transaction ends.
    with mock.patch.object(work, "record", side_effect=RuntimeError("disk")), pytest.raises(RuntimeError):
        _post(client, path + "save/")
    assert _file(advice).state == "failed"
    with tenant_scope(advice.tenant):
        assert not Appointment.objects.exists()
    assert "Porady z tego pliku są zapisane" in _post(client, path + "retry/")
    with tenant_scope(advice.tenant):
        assert Appointment.objects.count() == 2


def test_a_check_tells_how_far_it_is_and_asks_no_more_for_more_rows(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(checking, "CHUNK", 2)

    def asked(rows: int) -> int:
        lines = [
            f"2026-10-{1 + n % 28:02};{8 + n // 28:02}:00;A01;legal;30;office;;;;K-{n}" for n in range(rows)
        ]
        _bring(advice, "\n".join([HEADER, *lines]))
        brought = _file(advice)
        with tenant_scope(advice.tenant):
            table = work.read_stored(brought)
            with CaptureQueriesContext(connection) as caught:
                checking.check_rows(table, checking.Scope(None), told.append)
        return len(caught)

    assert asked(3) == asked(40)
    assert told == [2, *range(2, 41, 2)]


def test_a_file_of_another_organisation_is_not_found(advice: AdviceWorld) -> None:
    _bring(advice, GOOD, Role.COORDINATOR)
    brought, client = _file(advice), advice.client(Role.NGO_COORDINATOR)
    for path in ("", "progress/", "refused/"):
        assert client.get(advice.url(f"files/{brought.pk}/{path}")).status_code == 404
    for path in ("save/", "retry/"):
        assert client.post(advice.url(f"files/{brought.pk}/{path}")).status_code == 404


def _set(world: AdviceWorld, **columns: Any) -> None:
    with tenant_scope(world.tenant):
        AdviceFile.objects.update(**columns)
