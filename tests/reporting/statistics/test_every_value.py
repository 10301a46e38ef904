"""Every topic, state and side of a note, schedule and form of a report, reason and state of a doubtful figure,
kind of period and trigger of a release: through the pages of the tenant and of the region."""

import html
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from reporting.statistics import schedule
from reporting.statistics.actions.forgetting import forget_senders
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.receiving import receive
from reporting.statistics.models import (
    FactsBatch,
    HeldFact,
    Note,
    NoteMessage,
    PeriodKind,
    Release,
    ReleasedCell,
    ReleasedQuartiles,
    SavedReport,
)
from tenants.models import Tenant
from tests.factories.facts import care_told, small_tenant
from tests.factories.people import OrganisationFactory
from tests.reporting.statistics import test_benchmark as benchmarks
from tests.reporting.statistics.desk_world import OCTOBER, PLACES, released_country
from tests.reporting.statistics.sending_world import ACTOR, quarter_of, results, signed
from tests.reporting.statistics.test_desk_pages import DESK
from tests.reporting.statistics.test_notes import _answer, _written
from tests.reporting.statistics.test_open_api import FIGURES
from tests.reporting.statistics.test_publishing import SEPTEMBER, _paid
from tests.reporting.statistics.test_receiving import _trained
from tests.reporting.statistics.test_reports import QUESTION, _release, _save
from tests.reporting.statistics.test_sending_pages import _event, _sent_month
from tests.values_on_pages import assert_offered, assert_shown, times_said, words_of

pytestmark = pytest.mark.django_db
OWN, REGION = "/alfa/statistics/", "/region/32/"


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


@pytest.fixture
def director(alfa: Tenant, sign_in: Callable[..., Client]) -> Client:
    return sign_in("director", alfa)


@pytest.mark.parametrize("topic", list(Note.Topic), ids=str)
def test_every_topic_of_a_note(alfa: Tenant, analyst: Client, director: Client, topic: Note.Topic) -> None:
    assert_offered(analyst, f"{REGION}notes/new/", topic)
    note = _written(analyst, alfa, topic=topic.value)
    assert note.topic == topic
    for client, where in ((analyst, REGION), (director, OWN)):
        for page in (f"{where}notes/", f"{where}notes/{note.pk}/"):
            assert_shown(client, page, topic)


@pytest.mark.parametrize("state", list(Note.State), ids=str)
def test_every_state_of_a_note(alfa: Tenant, analyst: Client, director: Client, state: Note.State) -> None:
    note = _written(analyst, alfa)
    if state != Note.State.WAITING:
        assert _answer(director, note).status_code == 302
    if state == Note.State.CLOSED:
        page = f"{REGION}notes/{note.pk}/close/"
        seen = analyst.get(page).context["thread"].stamp
        assert analyst.post(page, {"seen": seen}).status_code == 302
    note.refresh_from_db()
    assert note.state == state
    for client, where in ((analyst, REGION), (director, OWN)):
        assert_shown(client, f"{where}notes/{note.pk}/", state)


@pytest.mark.parametrize("side", list(NoteMessage.Side), ids=str)
def test_either_side_writes(alfa: Tenant, analyst: Client, director: Client, side: NoteMessage.Side) -> None:
    note, said = _written(analyst, alfa, text="Czy to pomyłka?"), "Czy to pomyłka?"
    if side == NoteMessage.Side.TENANT:
        said = "Tak, poprawimy."
        assert _answer(director, note, said).status_code == 302
    assert NoteMessage.objects.get(text=said).side == side
    for client, where, mine in ((analyst, REGION, "region"), (director, OWN, "tenant")):
        told = client.get(f"{where}notes/{note.pk}/").content.decode()
        assert said in told
        assert f"thread-{'mine' if side == mine else 'theirs'}" in told


@pytest.mark.parametrize(
    ("field", "value"),
    [("schedule", one) for one in SavedReport.Schedule] + [("form", one) for one in SavedReport.Form],
    ids=str,
)
def test_every_schedule_and_form_of_a_report(alfa: Tenant, analyst: Client, field: str, value: Any) -> None:
    _release(alfa)
    assert_offered(analyst, f"{REGION}reports/new/?{QUESTION}", value)
    assert _save(analyst, **{field: value.value}).status_code == 302
    report = SavedReport.objects.get()
    assert getattr(report, field) == value
    assert_shown(analyst, f"{REGION}reports/{report.pk}/", value)


def _bring(alfa: Tenant, text: str) -> None:
    receive(alfa, text, signed(alfa, text), actor=ACTOR)


def _held(alfa: Tenant, reason: HeldFact.Reason = HeldFact.Reason.TOO_MUCH) -> HeldFact:
    """A figure that is doubtful for the reason."""
    if reason == HeldFact.Reason.JUMP:
        for quarter, trained in ((date(2025, 10, 1), 90), (date(2026, 1, 1), 100), (date(2026, 4, 1), 110)):
            _bring(alfa, quarter_of(alfa, _trained(trained), period=quarter))
        _bring(alfa, quarter_of(alfa, _trained(5000)))
    else:
        number = {"not_a_number": "NaN", "negative": "-1", "too_much": "2001"}[reason]
        _bring(alfa, quarter_of(alfa, results(number), results(5, "publication")))
    return HeldFact.objects.get(tenant=alfa, state="waiting")


@pytest.mark.parametrize("reason", list(HeldFact.Reason), ids=str)
def test_every_reason_to_doubt_a_figure(alfa: Tenant, director: Client, reason: HeldFact.Reason) -> None:
    before = times_said(director, OWN, reason)
    held = _held(alfa, reason)
    assert held.reason == reason
    assert_shown(director, OWN, reason, before=before)
    assert_shown(director, f"{OWN}held/{held.pk}/", reason)


@pytest.mark.parametrize("state", list(HeldFact.State), ids=str)
def test_every_state_of_a_doubtful_figure(alfa: Tenant, director: Client, state: HeldFact.State) -> None:
    held = _held(alfa)
    page = f"{OWN}held/{held.pk}/"
    if state == HeldFact.State.CONFIRMED:
        assert director.post(page, {"note": "Rok kultury"}).status_code == 302
    elif state == HeldFact.State.SUPERSEDED:
        _bring(alfa, quarter_of(alfa, results(6)))
    elif state == HeldFact.State.GIVEN_UP:
        # As the erasure of a tenant that has left does.
        forget_senders(alfa, Counter())
    held.refresh_from_db()
    assert held.state == state
    assert_shown(director, page, state)


@pytest.mark.parametrize("kind", list(PeriodKind), ids=str)
def test_every_kind_of_period_is_sent(alfa: Tenant, director: Client, kind: PeriodKind) -> None:
    if kind == PeriodKind.MONTH:
        _sent_month(alfa)
        address = f"{OWN}periods/2026-10/"
    else:
        _event(alfa)
        address = f"{OWN}periods/2026-Q3/"
        assert director.post(address).status_code == 302
    assert FactsBatch.objects.get(tenant=alfa).kind == kind
    assert director.get(address).status_code == 200


def _by_push(alfa: Tenant) -> None:
    schedule.publish_period.run("month", "2026-09-01")


# What begins a release; a new trigger fails until it stands here.
BEGINS: dict[str, Callable[[Tenant], Any]] = {
    "push": _by_push,
    "clock": lambda _alfa: schedule.publish_due(),
    "command": lambda alfa: _release(alfa),
}


@pytest.mark.parametrize("trigger", list(Release.Trigger), ids=str)
def test_every_trigger_of_a_release(
    alfa: Tenant, analyst: Client, trigger: Release.Trigger, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Reports that follow a release are made by nobody here.
    monkeypatch.setattr(schedule, "hand_over", lambda *_given: True)
    care_told(alfa, SEPTEMBER, uslugi=9)
    BEGINS[trigger](alfa)
    assert Release.objects.latest("released_at").trigger == trigger
    assert_shown(analyst, f"{REGION}releases/", trigger)


@pytest.mark.parametrize("level", list(ReleasedCell.Level), ids=str)
def test_every_level_of_a_released_figure(analyst: Client, client: Client, level: ReleasedCell.Level) -> None:
    released_country(OCTOBER)
    assert ReleasedCell.objects.filter(level=level).exists()
    asked = {"indicator": "care_persons", "level": level.value}
    if level != ReleasedCell.Level.COUNTRY:
        assert analyst.get(DESK, asked).context["asked"].level == level
    answer = client.get(FIGURES, asked)
    # No tenant is told to everybody.
    assert answer.status_code == (422 if level == ReleasedCell.Level.TENANT else 200)


# What the desk says in place of a hidden figure, and of which indicator; a new reason fails until it stands here.
HIDDEN = {
    "persons": (
        "care_persons",
        {"pl": "Ukryte: mniej niż 5 osób", "en": "Hidden: fewer than 5 persons"},
    ),
    "providers": (
        "hour_price",
        {
            "pl": "Ukryte: ujawniałoby działalność wykonawcy",
            "en": "Hidden: it would show a provider's business",
        },
    ),
}


@pytest.mark.parametrize("why", list(ReleasedCell.Hidden), ids=str)
def test_every_reason_to_hide_a_figure(analyst: Client, why: ReleasedCell.Hidden) -> None:
    few, *others = (small_tenant(number, place) for number, place in enumerate(PLACES))
    for tenant in others:
        _paid(tenant, 40, 1000, 1000, 1000)
    if why == ReleasedCell.Hidden.PERSONS:
        _paid(few, 3, 1000, 1000, 1000)
    else:
        _paid(few, 40, 3000)
    assert publish("month", SEPTEMBER, actor=ACTOR) is not None
    indicator, said = HIDDEN[why]
    assert ReleasedCell.objects.filter(place=str(few.pk), hidden=why.value).exists()
    for language, words in said.items():
        analyst.cookies["django_language"] = language
        page = analyst.get(DESK, {"indicator": indicator, "level": "tenant"}).content.decode()
        assert words in html.unescape(page).replace("\u00a0", " "), language


@pytest.mark.parametrize("why", list(ReleasedQuartiles.Hidden), ids=str)
def test_every_reason_to_hide_quartiles(
    alfa: Tenant, director: Client, why: ReleasedQuartiles.Hidden
) -> None:
    if why == ReleasedQuartiles.Hidden.FEW:
        benchmarks._world(alfa, others=5)
    else:
        benchmarks._world(alfa, others=12, provider=OrganisationFactory())
    benchmarks._publish()
    assert benchmarks._price().hidden == why
    for language, words in words_of(why).items():
        director.cookies["django_language"] = language
        assert words in director.get(f"{OWN}benchmark/").content.decode().replace("\u00a0", " "), language
