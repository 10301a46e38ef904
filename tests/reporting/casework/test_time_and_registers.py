"""Time cards, programmes and registers over HTTP."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.casework import actions
from reporting.casework.models import GroupForm, Programme, Result, StaffMeeting, TimeEntry, Training
from reporting.casework.queries import time_of_month
from reporting.demo.casework import add_casework
from tenants.models import Tenant
from tenants.roles import Role

SignIn = Callable[..., Client]
TIME = "/alfa/casework/time/"
PROGRAMME = {
    "title": "Razem",
    "belongs": "none",
    "valid_from": "01.01.2026",
    "valid_to": "31.12.2026",
    "started": "10",
    "finished": "6",
    "dropped": "1",
    "continuing": "3",
    "women": "4",
    "men": "2",
}


def test_a_day_to_come_is_kept_by_nobody(alfa: Tenant) -> None:
    """The page offers no such day; whoever keeps cards otherwise is refused too."""
    with tenant_scope(alfa), pytest.raises(DomainError) as refused:
        actions.keep_day(
            timezone.localdate() + timedelta(days=2), {}, worker_id=new_id(), actor=Actor.system("tests")
        )
    assert refused.value.code == "day_to_come"


def test_a_day_is_kept_changed_and_summed(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.SOCIAL_WORKER, alfa)
    typed = {"direct": "3:30", "travel": "45 min"}
    assert client.post(TIME, typed).status_code == 302
    assert client.post(TIME, {"direct": "4 h"}).status_code == 302
    with tenant_scope(alfa):
        assert list(TimeEntry.objects.values_list("activity", "minutes")) == [("direct", 240)]
    assert "4 h" in client.get(TIME).content.decode()
    sums = sign_in(Role.DIRECTOR, alfa).get("/alfa/casework/time/sums/").content.decode()
    assert client.user.full_name in sums and "4:00" in sums  # type: ignore[attr-defined]


def test_a_card_longer_than_the_day_so_far_is_kept_and_asked_about(
    alfa: Tenant, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, alfa)
    # Twenty past two in Warsaw.
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 18, 1, 20, tzinfo=UTC))
    short, long = (
        client.post(TIME, {"direct": hours}, follow=True).content.decode().replace("\xa0", " ")
        for hours in ("2:20", "2:21")
    )
    assert "minęło dopiero" not in short
    assert "Na karcie jest 2 h 21 min, a z tego dnia minęło dopiero 2 h 20 min" in long
    with tenant_scope(alfa):
        assert TimeEntry.objects.get().minutes == 141


def test_one_keeps_only_ones_own_day(alfa: Tenant, sign_in: SignIn) -> None:
    one, other = sign_in(Role.SOCIAL_WORKER, alfa), sign_in(Role.SOCIAL_WORKER, alfa)
    one.post(TIME, {"direct": "4 h"})
    assert other.get(TIME).context["total"] == 0
    assert other.get("/alfa/casework/time/sums/").status_code == 403


@pytest.mark.parametrize(
    "typed",
    [
        {"direct": "20 h", "travel": "5 h"},
        {"direct": "dużo"},
    ],
)
def test_a_wrong_day_is_refused_and_nothing_is_kept(
    alfa: Tenant, sign_in: SignIn, typed: dict[str, str]
) -> None:
    answer = sign_in(Role.SOCIAL_WORKER, alfa).post(TIME, typed)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    with tenant_scope(alfa):
        assert not TimeEntry.objects.exists()


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-31", "1999-01-01", "x"])
def test_a_day_that_the_page_does_not_show_is_no_address(alfa: Tenant, sign_in: SignIn, day: str) -> None:
    client, today = sign_in(Role.SOCIAL_WORKER, alfa), timezone.localdate()
    if day == "tomorrow":
        day = str(today + timedelta(days=1))
    page = client.get(f"{TIME}?day={day}")
    assert page.context["day"] == today
    assert f"W adresie jest „{day}”, czego nie da się tu pokazać." in page.content.decode()
    assert "W adresie jest" not in client.get(f"{TIME}?day={today}").content.decode()
    assert client.post(f"{TIME}?day={day}", {"direct": "1 h"}).status_code == 404
    with tenant_scope(alfa):
        assert not TimeEntry.objects.exists()


def test_another_day_keeps_its_own_hours(alfa: Tenant, sign_in: SignIn) -> None:
    client, today = sign_in(Role.SOCIAL_WORKER, alfa), timezone.localdate()
    yesterday = today - timedelta(days=1)
    client.post(f"{TIME}?day={yesterday}", {"direct": "4 h"})
    client.post(TIME, {"travel": "1 h"})
    with tenant_scope(alfa):
        assert set(TimeEntry.objects.values_list("day", "activity", "minutes")) == {
            (yesterday, "direct", 240),
            (today, "travel", 60),
        }


def test_a_programme_whose_persons_add_up_is_kept_with_its_forms(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    done = client.post("/alfa/casework/programmes/new/", PROGRAMME)
    assert done.status_code == 302
    form = {"name": "Grupa", "kind": "support", "meetings": "4", "minutes": "8 h", "participants": "9"}
    assert client.post(done.url + "forms/new/", form).status_code == 302
    page = client.get(done.url).content.decode()
    assert "60,0" in page and "8:00" in page and "4 / 2" in page
    with tenant_scope(alfa):
        row = GroupForm.objects.get()
    changed = client.post(f"/alfa/casework/forms/{row.pk}/", form | {"participants": "11"})
    assert changed.status_code == 302
    assert client.post(done.url + "forms/new/", form).status_code == 422, "the name is taken"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"continuing": "4"}, "Liczby osób się nie zgadzają"),
        ({"men": "3"}, "Kobiety i mężczyźni razem"),
        ({"valid_to": "31.12.2025"}, "kończy się, zanim się zacznie"),
    ],
)
def test_a_programme_that_does_not_add_up_is_refused(
    alfa: Tenant, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    answer = sign_in(Role.DIRECTOR, alfa).post("/alfa/casework/programmes/new/", PROGRAMME | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    with tenant_scope(alfa):
        assert not Programme.objects.exists()


# The day of the test, put in when it runs.
TODAY = "today"
REGISTERS: dict[str, tuple[Any, dict[str, str], dict[str, str]]] = {
    "supervision": (
        StaffMeeting,
        {
            "held_on": TODAY,
            "kind": "group",
            "minutes": "2 h",
            "participants": "6",
        },
        {"participants": "0"},
    ),
    "trainings": (
        Training,
        {
            "title": "=Mediacje",
            "belongs": "none",
            "starts_on": "02.03.2026",
            "ends_on": "03.03.2026",
            "minutes": "16 h",
            "staff": "8",
            "residents": "0",
        },
        {"staff": "0"},
    ),
    "results": (
        Result,
        {
            "kind": "in_kind",
            "title": "Sala",
            "belongs": "none",
            "happened_on": TODAY,
            "partner": "Biblioteka",
            "value": "300",
        },
        {"partner": ""},
    ),
}


def _register(name: str) -> tuple[Any, dict[str, str], dict[str, str]]:
    model, typed, wrong = REGISTERS[name]
    today = f"{timezone.localdate():%d.%m.%Y}"
    return model, {field: today if value == TODAY else value for field, value in typed.items()}, wrong


@pytest.mark.parametrize("name", list(REGISTERS))
def test_an_entry_is_added_changed_exported_and_removed(alfa: Tenant, sign_in: SignIn, name: str) -> None:
    model, typed, wrong = _register(name)
    client, base = sign_in(Role.COORDINATOR, alfa), f"/alfa/casework/registers/{name}/"
    assert client.post(base + "new/", typed | wrong).status_code == 422
    assert client.post(base + "new/", typed).status_code == 302
    with tenant_scope(alfa):
        row = model.objects.get()
    assert client.post(f"{base}{row.pk}/", typed | wrong).status_code == 422
    assert client.post(f"{base}{row.pk}/", typed).status_code == 302
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(base + "xlsx/").content))
    assert len(book.get_sheet_by_index(0).to_python()) == 2
    inspector = sign_in(Role.INSPECTOR, alfa)
    assert inspector.get(base).status_code == 200
    assert inspector.post(f"{base}{row.pk}/remove/").status_code == 403
    assert client.post(f"{base}{row.pk}/remove/").status_code == 302
    with tenant_scope(alfa):
        assert not model.objects.exists()


def test_the_record_keeps_what_a_removed_entry_said_without_names(alfa: Tenant, sign_in: SignIn) -> None:
    client, base = sign_in(Role.COORDINATOR, alfa), "/alfa/casework/registers/supervision/"
    typed = {**_register("supervision")[1], "led_by": "Halina Wymyślona"}
    client.post(base + "new/", typed)
    with tenant_scope(alfa):
        row = StaffMeeting.objects.get()
    client.post(f"{base}{row.pk}/", {**typed, "participants": "7"})
    client.post(f"{base}{row.pk}/remove/")
    with tenant_scope(alfa):
        noted = {entry.verb: entry.payload for entry in Entry.objects.filter(subject_id=str(row.pk))}
    held_on = "-".join(reversed(typed["held_on"].split(".")))
    said = {"held_on": held_on, "kind": "group", "minutes": 120, "participants": 6}
    assert noted == {
        "add_entry": {"after": said},
        "change_entry": {"before": said, "after": {**said, "participants": 7}},
        "remove_entry": {"before": {**said, "participants": 7}},
    }


@pytest.mark.parametrize("name", [*REGISTERS, "programmes"])
def test_the_later_of_two_learns_of_the_earlier(alfa: Tenant, sign_in: SignIn, name: str) -> None:
    first, second = sign_in(Role.DIRECTOR, alfa), sign_in(Role.COORDINATOR, alfa)
    if name == "programmes":
        typed, other = PROGRAMME, {"title": "Inaczej"}
        page = first.post("/alfa/casework/programmes/new/", typed).url + "edit/"
    else:
        model, typed, _wrong = _register(name)
        other = {"participants": "9", "title": "Inaczej"}
        first.post(f"/alfa/casework/registers/{name}/new/", typed)
        with tenant_scope(alfa):
            page = f"/alfa/casework/registers/{name}/{model.objects.get().pk}/"
    seen = {"seen": first.get(page).context["form"]["seen"].value()}
    assert first.post(page, {**typed, **other, **seen}).status_code == 302
    late = second.post(page, {**typed, **seen})
    assert late.status_code == 409
    if name != "programmes":
        refused = second.post(f"{page}remove/", seen)
        assert refused.url.endswith(page), "an entry that changed is looked at before it is removed"
    again = {"seen": late.context["form"]["seen"].value()}
    assert second.post(page, {**typed, **again}).status_code == 302, "sent once more, it replaces"


def test_whoever_changes_their_name_stays_one_worker(alfa: Tenant, sign_in: SignIn) -> None:
    client, first = sign_in(Role.SOCIAL_WORKER, alfa), timezone.localdate().replace(day=1)
    with tenant_scope(alfa):
        row = {"worker_id": client.user.pk, "activity": "direct"}  # type: ignore[attr-defined]
        TimeEntry.objects.create(**row, worker_name="Anna Zzz-Dawna", day=first, minutes=60)
        TimeEntry.objects.create(**row, worker_name="Anna Nowa", day=first + timedelta(days=3), minutes=90)
        found = time_of_month(Month.of(first))
    assert [(one.name, one.minutes, one.together) for one in found] == [("Anna Nowa", {"direct": 150}, 150)]


def test_an_unknown_register_is_no_address(alfa: Tenant, sign_in: SignIn) -> None:
    assert sign_in(Role.DIRECTOR, alfa).get("/alfa/casework/registers/payroll/").status_code == 404


def test_the_database_keeps_the_flow(in_alfa: Tenant) -> None:
    row = {"title": "x", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 2)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.create(**row, started=2, finished=1)


def test_the_programme_of_the_source_adds_up_on_its_page(alfa: Tenant, sign_in: SignIn) -> None:
    """313 = 240 + 58 + 15, of those who finished 163 women and 77 men (S-085); 40, 46, 48, 100, 16, 38 (S-090)."""
    bielsko = Tenant(slug="bielsko-biala")
    with tenant_scope(alfa):
        add_casework(bielsko, {}, timezone.localdate())
        programme = Programme.objects.get()
        sizes = list(GroupForm.objects.exclude(kind="course").values_list("participants", flat=True))
    page = sign_in(Role.INSPECTOR, alfa).get(f"/alfa/casework/programmes/{programme.pk}/").content.decode()
    for said in ("313", "240", "58", "15", "163 / 77", "76,7", "18,5", "4,8", "2650:00"):
        assert said in page.replace("\u00a0", "").replace("\u202f", "")
    assert sorted(sizes) == [16, 38, 40, 46, 48, 100]
