"""An analyst saves a question of the desk; when a release appears its file is made, kept, and told of by a link."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audit.models import Entry
from kernel.tenancy import public_scope
from reporting.statistics import schedule, tasks
from reporting.statistics.actions.publishing import publish
from reporting.statistics.models import MadeReport, SavedReport
from tenants.models import RegionMembership, Tenant
from tests.factories.facts import care_told
from tests.queueing import remember_queued
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
QUESTION = "indicator=care_hours_delivered&level=tenant&kind=month&period=2026-09"


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    return remember_queued(monkeypatch, tasks.mail_report)


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def _release(tenant: Tenant, month: date = SEPTEMBER, **services: int) -> None:
    care_told(tenant, month, **(services or {"uslugi": 9}))
    publish("month", month, actor=ACTOR)


def _save(analyst: Client, query: str = QUESTION, **typed: str) -> Any:
    given = {"name": "Godziny gmin", "schedule": "month", "form": "xlsx", **typed}
    return analyst.post(f"/region/32/reports/new/?{query}", given)


def test_a_question_is_saved_without_its_period_and_made_when_figures_are_released(
    alfa: Tenant, analyst: Client, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    _release(alfa)
    assert "Zapisz jako raport" in _text(analyst.get(f"/region/32/figures/?{QUESTION}"))
    assert "Godziny wykonane" in _text(analyst.get(f"/region/32/reports/new/?{QUESTION}"))
    assert _save(analyst).status_code == 302
    report = SavedReport.objects.get()
    assert "period" not in report.query and "indicator=care_hours_delivered" in report.query
    with django_capture_on_commit_callbacks(execute=True):
        assert schedule.make_reports.run() == 1
    assert schedule.make_reports.run() == 0
    _release(alfa, OCTOBER, uslugi=12)
    with django_capture_on_commit_callbacks(execute=True):
        assert schedule.make_reports.run() == 1
    newest, older = MadeReport.objects.all()
    assert (newest.period, older.period) == ("2026-10", "2026-09")
    page = _text(analyst.get(f"/region/32/reports/{report.pk}/"))
    assert "październik 2026" in page and "wrzesień 2026" in page and newest.name in page
    assert "2026-10" in _text(analyst.get("/region/32/reports/"))
    # One mail for each file, with a link and no figure.
    assert [schema for _pk, schema in queued] == ["public", "public"]
    for pk, _schema in [*queued, *queued]:
        tasks.mail_report.run(pk)
    assert [one.to for one in mail.outbox] == [[analyst.user.email]] * 2  # type: ignore[attr-defined]
    assert f"/region/32/reports/{report.pk}/" in mail.outbox[0].body and not mail.outbox[0].attachments
    file = analyst.get(f"/region/32/reports/{report.pk}/files/{newest.pk}/")
    rows = load_workbook(BytesIO(file.content)).worksheets[0].iter_rows(values_only=True)
    assert any(alfa.name in map(str, row) for row in rows)
    with public_scope():
        verbs = list(Entry.objects.filter(subject_id=str(report.pk)).values_list("verb", flat=True))
    assert verbs == ["save_region_report", "make_region_report", "make_region_report"]


def test_a_release_that_changes_the_figures_makes_another_file_and_the_old_one_stays(
    alfa: Tenant, beta: Tenant, analyst: Client
) -> None:
    _release(alfa)
    _save(analyst)
    schedule.make_reports.run()
    # Another voivodeship joins: nothing of ours changes, and no file is made of the same content.
    _release(beta)
    schedule.make_reports.run()
    before = MadeReport.objects.count()
    _release(alfa, uslugi=30)
    assert schedule.make_reports.run() == 1
    first, second = (
        MadeReport.objects.order_by("made_at").first(),
        MadeReport.objects.order_by("made_at").last(),
    )
    assert MadeReport.objects.count() == before + 1 == 2
    assert first.sha256 != second.sha256 and first.period == second.period


def test_a_report_is_made_on_request_as_a_document_and_ended(alfa: Tenant, analyst: Client) -> None:
    _save(analyst, schedule="never", form="pdf")
    report = SavedReport.objects.get()
    address = f"/region/32/reports/{report.pk}/"
    assert "nic nowego" in _text(analyst.post(address, follow=True))
    _release(alfa)
    assert schedule.make_reports.run() == 0
    assert "Plik gotowy" in _text(analyst.post(address, follow=True))
    assert "nic nowego" in _text(analyst.post(address, follow=True))
    made = MadeReport.objects.get()
    assert made.mailed_at is not None and bytes(made.content).startswith(b"%PDF")
    analyst.post(f"{address}end/")
    assert "zakończony" in _text(analyst.get(address)) and made.name in _text(analyst.get(address))
    assert "już zakończono" in _text(analyst.post(f"{address}end/", follow=True))
    # Its name is free again.
    assert _save(analyst).status_code == 302


def test_what_cannot_be_saved_says_why(alfa: Tenant, analyst: Client) -> None:
    _save(analyst)
    assert "ma już raport o tej nazwie" in _text(_save(analyst), 422)
    assert _save(analyst, name=" ").status_code == 422
    assert _save(analyst, name="x" * 121).status_code == 422
    assert _save(analyst, name="Inny", schedule="daily").status_code == 422
    # Persons counted once in a month are not added up to quarters.
    refused = _save(analyst, "indicator=care_persons&kind=month", name="Osoby", schedule="quarter")
    assert "wybierz inny" in _text(refused, 422)
    assert SavedReport.objects.count() == 1


def test_nobody_who_left_the_region_gets_files(alfa: Tenant, analyst: Client, queued: list[Any]) -> None:
    _release(alfa)
    _save(analyst)
    RegionMembership.objects.filter(user=analyst.user).delete()  # type: ignore[attr-defined]
    assert schedule.make_reports.run() == 0
    assert analyst.get(f"/region/32/reports/{SavedReport.objects.get().pk}/").status_code == 404


def test_reports_are_for_their_region_only(
    alfa: Tenant, analyst: Client, sign_in: Callable[..., Client]
) -> None:
    _release(alfa)
    _save(analyst)
    schedule.make_reports.run()
    report, made = SavedReport.objects.get(), MadeReport.objects.get()
    other = sign_in("regional_analyst", voivodeship="12")
    for address in (f"{report.pk}/", f"{report.pk}/end/", f"{report.pk}/files/{made.pk}/"):
        assert other.get(f"/region/12/reports/{address}").status_code == 404
    assert analyst.get(f"/region/32/reports/{report.pk}/files/{uuid4()}/").status_code == 404
    assert report.name not in _text(other.get("/region/12/reports/"))


def test_the_list_asks_as_much_of_many_reports_as_of_one(alfa: Tenant, analyst: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            _text(analyst.get("/region/32/reports/"))
        return len(asked)

    _save(analyst)
    questions()
    few = questions()
    for number in range(4):
        _save(analyst, name=f"Raport {number}")
    assert questions() == few
