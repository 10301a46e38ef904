"""Notes of a region to a tenant: both sides see one thread, each writes into its own record, nobody is named."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from kernel.tenancy import public_scope, tenant_scope
from reporting.statistics import tasks
from reporting.statistics.models import Note, NoteMessage
from reporting.statistics.rules import like_pesel
from reporting.statistics.schedule import mail_waiting_notes
from tenants.models import Tenant
from tests.queueing import remember_queued

pytestmark = pytest.mark.django_db
QUESTION = "W październiku brakuje godzin z umowy U/1. Czy miesiąc zostanie przyjęty?"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    return remember_queued(monkeypatch, tasks.mail_note)


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


@pytest.fixture
def director(alfa: Tenant, sign_in: Callable[..., Client]) -> Client:
    return sign_in("director", alfa)


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def _typed(about: Tenant, **changes: str) -> dict[str, str]:
    return {
        "tenant": str(about.pk),
        "topic": "missing",
        "period": "2026-10",
        "indicator": "care_hours_delivered",
        "text": QUESTION,
    } | changes


def _written(analyst: Client, about: Tenant, **changes: str) -> Note:
    answer = analyst.post("/region/32/notes/new/", _typed(about, **changes))
    assert answer.status_code == 302, _text(answer, answer.status_code)
    note: Note = Note.objects.newest_first().first()
    return note


def _answer(client: Client, note: Note, text: str = "Miesiąc przyjmiemy do piątku.", **data: str) -> Any:
    seen = client.get(f"/alfa/statistics/notes/{note.pk}/").context["thread"].stamp
    return client.post(f"/alfa/statistics/notes/{note.pk}/", {"text": text, "seen": seen, **data})


def test_a_note_is_seen_on_the_start_page_answered_and_read_by_the_region(
    alfa: Tenant, analyst: Client, director: Client
) -> None:
    note = _written(analyst, alfa)
    today = _text(director.get("/alfa/"))
    assert "Województwo pyta: dane, które nie wpłynęły" in today and "październik 2026" in today
    assert "czeka na odpowiedź" in _text(director.get("/alfa/statistics/"))
    assert "Godziny wykonane" in _text(director.get("/alfa/statistics/notes/"))
    assert QUESTION in _text(director.get(f"/alfa/statistics/notes/{note.pk}/"))
    assert _answer(director, note).status_code == 302
    page = _text(analyst.get(f"/region/32/notes/{note.pk}/"))
    assert "Miesiąc przyjmiemy do piątku." in page and "odpowiedziano" in page
    assert "Województwo pyta" not in _text(director.get("/alfa/"))
    # Asked again, it waits again; closed, nobody writes in it.
    seen = analyst.get(f"/region/32/notes/{note.pk}/").context["thread"].stamp
    analyst.post(f"/region/32/notes/{note.pk}/", {"text": "Dziękuję, a listopad?", "seen": seen})
    assert "Województwo pyta" in _text(director.get("/alfa/"))
    seen = analyst.get(f"/region/32/notes/{note.pk}/close/").context["thread"].stamp
    assert analyst.post(f"/region/32/notes/{note.pk}/close/", {"seen": seen}).status_code == 302
    assert "Województwo pyta" not in _text(director.get("/alfa/"))
    assert "jest zamknięt" in _text(_answer(director, note), 422)
    assert list(NoteMessage.objects.values_list("number", "side")) == [
        (1, "region"),
        (2, "tenant"),
        (3, "region"),
    ]


def test_each_side_has_its_word_in_its_own_record_without_the_text(
    alfa: Tenant, analyst: Client, director: Client
) -> None:
    note = _written(analyst, alfa)
    _answer(director, note)
    with public_scope():
        own = Entry.objects.filter(subject_type="region_note", subject_id=str(note.pk))
        written = own.get(verb="write_region_note")
        assert written.actor_id == analyst.user.pk  # type: ignore[attr-defined]
        assert QUESTION not in str(written.payload)
        assert not own.filter(verb="answer_region_note").exists()
    with tenant_scope(alfa):
        answered = Entry.objects.get(subject_type="region_note", subject_id=str(note.pk))
        assert (answered.verb, answered.actor_id) == ("answer_region_note", director.user.pk)  # type: ignore[attr-defined]
    assert "odpowiedziano na uwagę województwa" in _text(director.get("/alfa/audit/"))


@pytest.mark.parametrize("number", ["44051401359", "440514 01359", "440514-013-59", "44 05 14 01 35 8"])
def test_a_number_like_a_pesel_is_refused_on_both_sides(
    alfa: Tenant, analyst: Client, director: Client, number: str
) -> None:
    text = f"Chodzi o osobę {number}."
    assert "jak w numerze PESEL" in _text(analyst.post("/region/32/notes/new/", _typed(alfa, text=text)), 422)
    assert not Note.objects.exists()
    note = _written(analyst, alfa)
    assert "jak w numerze PESEL" in _text(_answer(director, note, text), 422)
    assert NoteMessage.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["umowa 123/2026, 1 240 godzin", "U/1/2026 i 12345678901234", "05.10.2026, 12:30"]
)
def test_other_numbers_may_be_written(text: str) -> None:
    assert like_pesel(text) is None


def test_empty_and_unknown_entries_are_refused_with_words(
    alfa: Tenant, beta: Tenant, analyst: Client
) -> None:
    for changes in (
        {"text": "  "},
        {"text": "x" * 2001},
        {"tenant": str(beta.pk)},
        {"topic": "gossip"},
        {"period": "2099-01"},
        {"indicator": "secret"},
    ):
        assert analyst.post("/region/32/notes/new/", _typed(alfa, **changes)).status_code == 422, changes
    assert not Note.objects.exists()


def test_the_form_takes_from_the_address_what_the_note_is_about(alfa: Tenant, analyst: Client) -> None:
    answer = analyst.get(f"/region/32/notes/new/?tenant={alfa.pk}&period=2026-10&indicator=care_persons")
    form = answer.context["form"]
    assert [form[name].value() for name in ("tenant", "period", "indicator")] == [
        str(alfa.pk),
        "2026-10",
        "care_persons",
    ]
    page = _text(answer)
    assert f'value="{alfa.pk}" selected' in page and 'value="2026-10" selected' in page


def test_an_answer_holds_for_what_was_shown(alfa: Tenant, analyst: Client, director: Client) -> None:
    note = _written(analyst, alfa)
    old = director.get(f"/alfa/statistics/notes/{note.pk}/").context["thread"].stamp
    seen = analyst.get(f"/region/32/notes/{note.pk}/").context["thread"].stamp
    analyst.post(f"/region/32/notes/{note.pk}/", {"text": "Chodzi też o wrzesień.", "seen": seen})
    refused = director.post(f"/alfa/statistics/notes/{note.pk}/", {"text": "Tak, przyjmiemy.", "seen": old})
    assert "Chodzi też o wrzesień." in _text(refused, 409) and "Tak, przyjmiemy." in _text(refused, 409)
    assert NoteMessage.objects.count() == 2


def test_the_other_side_is_told_by_mail_without_the_text(
    alfa: Tenant,
    analyst: Client,
    director: Client,
    queued: list[tuple[str, str]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        note = _written(analyst, alfa)
    [(first, schema)] = queued
    assert schema == "public"
    for _twice in range(2):
        tasks.mail_note.run(first)
    [told] = mail.outbox
    assert told.to == [director.user.email]  # type: ignore[attr-defined]
    assert f"/alfa/statistics/notes/{note.pk}/" in told.body and "U/1" not in told.body + told.subject
    with django_capture_on_commit_callbacks(execute=True):
        _answer(director, note)
    tasks.mail_note.run(queued[1][0])
    answer = mail.outbox[1]
    assert answer.to == [analyst.user.email]  # type: ignore[attr-defined]
    assert f"/region/32/notes/{note.pk}/" in answer.body and "piątku" not in answer.body


def test_the_clock_sends_what_a_lost_queue_did_not(
    alfa: Tenant, analyst: Client, queued: list[tuple[str, str]]
) -> None:
    _written(analyst, alfa)
    taken: list[tuple[str, ...]] = []

    def take(_task: Any, *ids: Any) -> bool:
        taken.append(tuple(map(str, ids)))
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reporting.statistics.schedule.hand_over", take)
        assert mail_waiting_notes.run() == 0
        NoteMessage.objects.update(written_at="2026-01-01T00:00:00Z")
        assert mail_waiting_notes.run() == 1
    assert taken == [(str(NoteMessage.objects.get().pk),)]


def test_a_note_is_for_its_region_and_its_tenant_only(
    alfa: Tenant, beta: Tenant, analyst: Client, sign_in: Callable[..., Client]
) -> None:
    note = _written(analyst, alfa)
    other_director = sign_in("director", beta)
    other_analyst = sign_in("regional_analyst", voivodeship="12")
    assert other_director.get(f"/beta/statistics/notes/{note.pk}/").status_code == 404
    assert other_analyst.get(f"/region/12/notes/{note.pk}/").status_code == 404
    assert other_analyst.get(f"/region/32/notes/{note.pk}/").status_code == 404
    assert analyst.get(f"/region/32/notes/{uuid4()}/").status_code == 404
    assert "alfa" not in _text(other_director.get("/beta/statistics/notes/"))


def test_a_coordinator_reads_and_does_not_answer(
    alfa: Tenant, analyst: Client, sign_in: Callable[..., Client]
) -> None:
    note, coordinator = _written(analyst, alfa), sign_in("coordinator", alfa)
    assert "Odpowiada dyrektor" in _text(coordinator.get(f"/alfa/statistics/notes/{note.pk}/"))
    _answer(coordinator, note)
    assert NoteMessage.objects.count() == 1
    assert "Województwo pyta" not in _text(coordinator.get("/alfa/"))


@pytest.mark.parametrize("side", ["region", "tenant"])
def test_lists_ask_as_much_of_many_notes_as_of_one(
    alfa: Tenant, analyst: Client, director: Client, side: str
) -> None:
    client, address = (
        (analyst, "/region/32/notes/") if side == "region" else (director, "/alfa/statistics/notes/")
    )

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            _text(client.get(address))
        return len(asked)

    _written(analyst, alfa)
    questions()
    few = questions()
    for _each in range(4):
        _written(analyst, alfa)
    assert questions() == few
