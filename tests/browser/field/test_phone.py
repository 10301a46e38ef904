"""A carer's phone in a real browser: the network cut and back, the tab killed, two devices, a clock a day wrong."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from kernel.periods import WARSAW
from kernel.tenancy import tenant_scope
from reporting.care.models import PlanSlot
from reporting.delivery.models import Visit
from reporting.field.models import Observation, PhoneEntry
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.factories.care import visit
from tests.factories.people import Client
from tests.gate import Gate
from tests.reporting.delivery.diary_world import add_persons
from tests.reporting.field.field_world import NOW, TUESDAY, WEDNESDAY, FieldWorld, build_field

PHONE = {"width": 390, "height": 844}
# The first page of a run is drawn by a server and a browser that have just begun, with all its scripts (milliseconds).
_SLOW = 45_000
_COPIED = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("siedem-field:"));
  const whole = names.length && await (await caches.open(names.at(-1))).match(location.pathname);
  return Boolean(whole && navigator.serviceWorker.controller);
}"""
_NAMES_KEPT = """async (surname) => {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("siedem-field:"));
  const database = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
  const all = await Promise.all([...database.objectStoreNames].map((store) => new Promise((done) => { const r = database.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); })));
  database.close();
  return JSON.stringify(all).includes(surname);
}"""

# The first answer about the shift reaches the page when the test lets it go.
_HOLD_SHIFT = """() => {
  const ask = window.fetch;
  const free = new Promise((go) => { window.letGo = go; });
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (String(given[0]).includes("/shift/")) {
      window.isHeld = true;
      await free;
    }
    return answer;
  };
}"""


class ServerClock:
    """What the server takes for now."""

    now = NOW


@pytest.fixture
def clock(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> ServerClock:
    made = ServerClock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def world(alfa: Tenant, request: pytest.FixtureRequest) -> FieldWorld:
    made = build_field(alfa)
    request.getfixturevalue("clock")
    return made


class Phone:
    """One device of the carer; its clock shows the server's time, or as many days later as said."""

    def __init__(self, page: Page, world: FieldWorld, gate: Gate, clock: ServerClock, days: int = 0) -> None:
        self.page, self.world, self.gate, self.clock, self.days = page, world, gate, clock, days

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def open(self, *, offline: bool = False) -> "Phone":
        self.look_at_clock()
        self.page.goto(self.world.url(), timeout=_SLOW)
        expect(self.page.locator("#phone")).to_have_attribute("data-ready", "yes", timeout=_SLOW)
        if not offline:
            self.page.wait_for_function(_COPIED, timeout=_SLOW)
        return self

    def look_at_clock(self, time: str = "") -> None:
        """The time of the server's day is come, here and there."""
        if time:
            hour, minute = map(int, time.split(":"))
            self.clock.now = datetime(2024, 10, 9, hour, minute, tzinfo=WARSAW)
        self.page.clock.set_fixed_time(self.clock.now + timedelta(days=self.days))

    def kill_and_reopen(self) -> None:
        """The tab is gone without a word, and another is opened in its place."""
        context = self.context
        self.page.close(run_before_unload=False)
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.open(offline=True)

    @property
    def status(self) -> Any:
        return self.page.locator("#phone-status")

    def card(self, at: int = 0, day: str = "today") -> Any:
        return self.page.locator(f"[data-day={day}] .phone-card").nth(at)

    def visit(self, start: str = "11:00", *ticks: str) -> None:
        self.card().get_by_role("button", name="Zaczynam").click()
        self.finish(start, *ticks)

    def finish(self, start: str, *ticks: str) -> None:
        """End the visit in progress; without `start` its times are those of the two buttons."""
        self.page.get_by_role("button", name="Kończę").click()
        dialog = self.page.locator("#phone-finish")
        if start:
            dialog.get_by_label("Początek").fill(start)
        for tick in ticks:
            dialog.get_by_label(tick).check()
        dialog.get_by_role("button", name="Zapisz wizytę").click()
        expect(dialog).to_be_hidden()

    def begin(self, at: int, time: str) -> None:
        """Press the button at that time; the visit is on the phone's disk then."""
        self.look_at_clock(time)
        self.card(at).get_by_role("button", name="Zaczynam").click()
        expect(self.page.locator("#phone-running")).to_contain_text(f"trwa od {time}")

    def end(self, time: str, *ticks: str) -> None:
        self.look_at_clock(time)
        self.finish("", *ticks)

    def miss(self, at: int, reason: str) -> None:
        self.card(at).get_by_role("button", name="Wizyta się nie odbyła").click()
        dialog = self.page.locator("#phone-missed")
        dialog.get_by_label(reason).check()
        dialog.get_by_role("button", name="Zapisz").click()
        expect(dialog).to_be_hidden()

    def observe(self, at: int, text: str, *, urgent: bool = False) -> None:
        self.card(at).get_by_role("button", name="Powiadom koordynatora").click()
        dialog = self.page.locator("#phone-observe")
        dialog.get_by_label("Co się dzieje?").fill(text)
        dialog.get_by_label("Pilne").set_checked(urgent)
        dialog.get_by_role("button", name="Powiadom koordynatora").click()
        expect(dialog).to_be_hidden()

    def waits(self, count: int) -> None:
        """So many entries are on the phone's disk and nowhere else."""
        expect(self.status).to_contain_text(re.compile(rf"\b{count} wpis\S* czeka(ją)? na sieć"))

    def cut(self) -> None:
        self.context.set_offline(True)
        self.gate.shut()

    def restore(self) -> None:
        self.gate.reopen()
        self.context.set_offline(False)
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def sign_in_again(self) -> None:
        """In another tab of the browser: this page learns nothing of it."""
        again = Client()
        again.force_login(self.world.carer.user)  # type: ignore[attr-defined]
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": again.cookies[name].value, "url": self.page.url}])

    def sent(self, *stored: tuple[str, str, str, str]) -> None:
        """Wait until these visits are in the diary: right after a dialog the page still tells of what was sent before."""
        if stored:
            self.arrived(*stored)
        expect(self.status).to_contain_text("Wszystko jest już w biurze")

    def arrived(self, *stored: tuple[str, str, str, str]) -> None:
        """Wait until the diary holds these visits and no other."""
        for _attempt in range(100):
            if self.world.stored() == list(stored):
                return
            self.page.wait_for_timeout(100)
        assert self.world.stored() == list(stored)


@pytest.fixture
def device(
    new_page: Callable[..., Page], live_server: LiveServer, world: FieldWorld, clock: ServerClock, faults: Any
) -> Iterator[Callable[..., Phone]]:
    """A phone of the carer, each with a network of its own."""
    faults.allow("ERR_(INTERNET_DISCONNECTED|EMPTY_RESPONSE|CONNECTION_|SOCKET_|NETWORK_)")
    gates: list[Gate] = []

    def make(days: int = 0) -> Phone:
        site = urlsplit(live_server.url)
        gates.append(Gate((str(site.hostname), int(site.port or 0))))
        session = world.carer.cookies[settings.SESSION_COOKIE_NAME].value
        page = new_page(session=session, viewport=PHONE, base_url=f"http://localhost:{gates[-1].port}")
        return Phone(page, world, gates[-1], clock, days)

    yield make
    for gate in gates:
        gate.stop()


def test_a_whole_shift_without_a_network_and_with_the_tab_killed_arrives_once(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    expect(phone.card()).to_contain_text(str(world.decision.person))
    expect(phone.card(0, "tomorrow")).to_contain_text("○ zaplanowana")
    phone.cut()
    phone.kill_and_reopen()
    phone.card().get_by_role("button", name="Zaczynam").click()
    expect(phone.page.locator("#phone-running")).to_contain_text("trwa od 12:00")
    phone.kill_and_reopen()
    phone.finish("10:45", "Zakupy", "Posiłki")
    expect(phone.status).to_contain_text("1 wpis czeka na sieć, jest bezpieczny w telefonie.")
    expect(phone.card()).to_contain_text("w telefonie, jeszcze nie wysłana")
    # One entry is one box: its card says where it is.
    expect(phone.page.locator("#phone-unsent")).to_be_hidden()
    phone.card().get_by_role("button", name="Powiadom koordynatora").click()
    dialog = phone.page.locator("#phone-observe")
    dialog.get_by_label("Co się dzieje?").fill("ą" * 2001)
    dialog.get_by_label("Pilne").check()
    dialog.get_by_role("button", name="Powiadom koordynatora").click()
    expect(dialog).to_contain_text("Znaków w tekście: 2001, a zmieści się 2000.")
    dialog.get_by_label("Co się dzieje?").fill("Nie je od soboty.")
    dialog.get_by_role("button", name="Powiadom koordynatora").click()
    phone.card(1).get_by_role("button", name="Wizyta się nie odbyła").click()
    phone.page.locator("#phone-missed").get_by_label("Osoba jest w szpitalu").check()
    phone.page.locator("#phone-missed").get_by_role("button", name="Zapisz").click()
    expect(phone.status).to_contain_text("3 wpisy czekają na sieć")
    phone.kill_and_reopen()
    expect(phone.status).to_contain_text("3 wpisy czekają na sieć")
    assert world.stored() == []
    phone.restore()
    phone.sent(("10:45", "75", "done", "phone"))
    with tenant_scope(world.diary.tenant):
        kept = Observation.objects.filter(decision__in=world.diary.decisions)
        assert [(one.text, one.priority) for one in kept] == [("Nie je od soboty.", "urgent")]
    expect(phone.card(1)).to_contain_text("✓ wykonana")
    expect(phone.card(0)).to_contain_text("nieobecn")
    expect(phone.page.locator("#phone-unsent")).to_be_hidden()


def test_a_round_of_eight_persons_with_the_network_gone_twice_arrives_whole_and_once(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    """From seven to a quarter to three, an hour for each; between the fourth and the fifth the phone had a network."""
    _plan_round(world, 8)
    phone = device()
    phone.look_at_clock("06:50")
    phone.open()
    expect(phone.page.locator("[data-day=today] .phone-card")).to_have_count(8)
    phone.begin(0, "07:00")
    phone.end("07:45", "Zakupy")
    phone.sent(("07:00", "45", "done", "phone"))
    phone.cut()
    phone.begin(1, "08:00")
    phone.kill_and_reopen()
    phone.end("08:45", "Posiłki", "Higiena")
    phone.waits(1)
    phone.look_at_clock("09:05")
    phone.miss(2, "Osoba jest w szpitalu")
    phone.waits(2)
    phone.kill_and_reopen()
    phone.begin(3, "10:00")
    phone.end("10:45", "Zakupy")
    phone.waits(3)
    phone.observe(3, "Nie je od soboty.", urgent=True)
    phone.waits(4)
    assert [one[0] for one in _round(world)] == [0]
    phone.restore()
    phone.sent()
    assert [one[0] for one in _round(world)] == [0, 1, 2, 3]
    phone.cut()
    phone.begin(4, "11:00")
    phone.end("11:45", "Higiena")
    phone.waits(1)
    phone.kill_and_reopen()
    phone.begin(5, "12:00")
    phone.end("12:45", "Zakupy")
    phone.waits(2)
    phone.card(5).get_by_role("button", name="Popraw tę wizytę").click()
    dialog = phone.page.locator("#phone-finish")
    dialog.get_by_label("Początek").fill("11:50")
    dialog.get_by_label("Posiłki").check()
    dialog.get_by_role("button", name="Zapisz wizytę").click()
    phone.waits(3)
    phone.look_at_clock("13:10")
    phone.miss(6, "Nikt nie otworzył")
    phone.waits(4)
    phone.begin(7, "14:00")
    phone.kill_and_reopen()
    phone.end("14:45", "Posiłki")
    phone.waits(5)
    phone.kill_and_reopen()
    phone.waits(5)
    assert [one[0] for one in _round(world)] == [0, 1, 2, 3]
    phone.restore()
    phone.sent()
    whole = [
        (0, "07:00", 45, "done", ["shopping"]),
        (1, "08:00", 45, "done", ["hygiene", "meals"]),
        (2, "09:00", 45, "no_show", []),
        (3, "10:00", 45, "done", ["shopping"]),
        (4, "11:00", 45, "done", ["hygiene"]),
        (5, "11:50", 55, "done", ["meals", "shopping"]),
        (6, "13:00", 45, "no_show", []),
        (7, "14:00", 45, "done", ["meals"]),
    ]
    assert _round(world) == whole
    # Opened anew, the phone has nothing left to send, and the office nothing left to ask.
    phone.kill_and_reopen()
    phone.restore()
    phone.sent()
    expect(phone.page.locator("[data-day=today] .phone-card", has_text="✓ wykonana")).to_have_count(6)
    assert _round(world) == whole
    with tenant_scope(world.diary.tenant):
        [told] = Observation.objects.filter(decision__in=world.diary.decisions)
        seen = (told.text, told.priority, told.decision_id)
        assert seen == ("Nie je od soboty.", "urgent", world.diary.decisions[3].pk)
        assert not PhoneEntry.objects.filter(decision__in=world.diary.decisions).open().exists()


def _plan_round(world: FieldWorld, persons: int) -> None:
    """An hour for each of so many persons, from seven on."""
    with tenant_scope(world.diary.tenant):
        add_persons(world.diary, persons - len(world.diary.decisions))
        for hour, decision in enumerate(world.diary.decisions, 7):
            PlanSlot.objects.filter(decision=decision).update(start=time(hour), minutes=45)
            if not Visit.objects.filter(decision=decision).exists():
                visit(decision, world.diary.anna, TUESDAY, "08:00", 120)


def test_every_reason_why_a_visit_was_not_made_reaches_the_diary(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    _plan_round(world, 5)
    phone = device()
    phone.look_at_clock("12:00")
    phone.open()
    reasons = phone.page.locator("#phone-missed label.phone-tick:has(input[name=reason])")
    named = reasons.all_inner_texts()
    assert len(named) == 5, "a new reason needs one person more"
    phone.cut()
    for at, reason in enumerate(named):
        phone.miss(at, reason)
        phone.waits(at + 1)
    phone.restore()
    phone.sent()
    with tenant_scope(world.diary.tenant):
        stored = Visit.objects.filter(worker=world.diary.anna, date=WEDNESDAY).order_by("starts_at")
        told = [(one.state, one.note) for one in stored]
    assert told == [
        ("no_show", "nikt nie otworzył"),
        ("no_show", "osoba odmówiła"),
        ("no_show", "osoba jest w szpitalu"),
        ("cancelled", "odwołana wcześniej"),
        ("cancelled", "osoba opiekująca się nie mogła przyjść"),
    ]


def _round(world: FieldWorld) -> list[tuple[int, str, int, str, list[str]]]:
    """Every visit of the day: which person's, start, minutes, state and what was done."""
    numbers = {decision.pk: number for number, decision in enumerate(world.diary.decisions)}
    with tenant_scope(world.diary.tenant):
        return [
            (numbers[one.decision_id], f"{one.start:%H:%M}", one.minutes, one.state, sorted(one.activities))
            for one in Visit.objects.filter(worker=world.diary.anna, date=WEDNESDAY).order_by("starts_at")
        ]


def test_chromium_finds_nothing_that_keeps_the_page_from_being_installed(
    browser: Browser, chromium_path: str, live_server: LiveServer, world: FieldWorld, tmp_path: Path
) -> None:
    """In a profile of its own on the disk: other windows of tests are private ones, where nothing is installed."""
    session = world.carer.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=chromium_path,
        args=["--no-sandbox", "--disable-gpu"],
        base_url=live_server.url,
        viewport=PHONE,
    )
    try:
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        page.goto(world.url(), timeout=_SLOW)
        expect(page.locator("#phone")).to_have_attribute("data-ready", "yes", timeout=_SLOW)
        asked = context.new_cdp_session(page)
        read = asked.send("Page.getAppManifest")
        assert read["url"].endswith(world.url("manifest.webmanifest")) and read["errors"] == []
        assert asked.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        # What is asked does find faults: the start page of the site has no manifest.
        page.goto("/")
        found = asked.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [one["errorId"] for one in found] == ["no-manifest"]
    finally:
        context.close()


def test_an_answer_that_is_lost_writes_nothing_twice(
    device: Callable[..., Phone], world: FieldWorld, faults: Any
) -> None:
    faults.allow("ERR_FAILED")
    phone = device().open()

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/field/sync/", lose)
    phone.visit()
    expect(phone.status).to_contain_text("1 wpis czeka na sieć")
    # The phone says that the entry waits as soon as it is on its disk, before the first answer is lost.
    phone.arrived(("11:00", "60", "done", "phone"))
    phone.page.unroute("**/field/sync/")
    phone.restore()
    phone.sent(("11:00", "60", "done", "phone"))


def test_a_visit_is_corrected_offline_before_and_after_it_was_sent(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    phone.cut()
    phone.visit("11:00", "Zakupy")
    for start, tick in (("10:30", "Posiłki"), ("10:45", "Higiena")):
        phone.page.get_by_role("button", name="Popraw tę wizytę").click()
        dialog = phone.page.locator("#phone-finish")
        expect(dialog.get_by_label("Zakupy")).to_be_checked()
        dialog.get_by_label("Początek").fill(start)
        dialog.get_by_label(tick).check()
        dialog.get_by_role("button", name="Zapisz wizytę").click()
        expect(dialog).to_be_hidden()
        expect(phone.page.locator("[data-day=today]")).to_contain_text(f"{start}–12:00")
        phone.restore()
        phone.sent()
        phone.cut()
    phone.restore()
    assert world.stored() == [("10:45", "75", "done", "phone")]
    with tenant_scope(world.diary.tenant):
        [stored] = Visit.objects.filter(decision=world.decision, source="phone")
        assert (stored.activities, stored.version) == (["hygiene", "meals", "shopping"], 3)
    assert check_page(phone.page, "pl") + check_width(phone.page, 390, 320) == []


@pytest.mark.parametrize("status", [500, 400])
def test_one_entry_that_the_server_cannot_take_is_set_aside_and_the_others_go_on(
    device: Callable[..., Phone], world: FieldWorld, faults: Any, status: int
) -> None:
    faults.allow(f"status of {status}")
    phone = device().open()
    phone.cut()
    phone.card().get_by_role("button", name="Powiadom koordynatora").click()
    dialog = phone.page.locator("#phone-observe")
    dialog.get_by_label("Co się dzieje?").fill("Nie je od soboty.")
    dialog.get_by_role("button", name="Powiadom koordynatora").click()
    phone.visit()
    expect(phone.status).to_contain_text("2 wpisy czekają na sieć")

    def stumble(route: Any) -> None:
        poisoned = "observation" in route.request.post_data
        route.fulfill(status=status, body="<h1>…</h1>") if poisoned else route.continue_()

    phone.context.route("**/field/sync/", stumble)
    phone.restore()
    expect(phone.status).to_contain_text("Serwer nie przyjął 1 wpisu")
    assert world.stored() == [("11:00", "60", "done", "phone")]
    aside = phone.page.locator("#phone-unsent")
    expect(aside).to_contain_text("Nie je od soboty.")
    expect(aside).to_contain_text("pokaż go koordynatorowi")
    assert check_page(phone.page, "pl") + check_width(phone.page, 390, 320) == []
    phone.kill_and_reopen()
    aside = phone.page.locator("#phone-unsent")
    expect(aside).to_contain_text("Nie je od soboty.")
    aside.get_by_role("button", name="Koordynator już to ma").click()
    phone.page.locator("#phone-discard").get_by_role("button", name="Usuń z telefonu").click()
    phone.sent()
    expect(aside).to_be_hidden()


def test_names_leave_a_page_that_stays_open_for_days_and_a_visit_in_progress_keeps_its_number(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    phone.card().get_by_role("button", name="Zaczynam").click()
    running = phone.page.locator("#phone-running")
    expect(running).to_contain_text(str(world.decision.person))
    phone.cut()
    phone.page.clock.set_fixed_time(NOW + timedelta(days=3))
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(running).to_contain_text(world.decision.number)
    expect(phone.page.locator("main")).not_to_contain_text(world.decision.person.surname)
    assert phone.page.evaluate(_NAMES_KEPT, world.decision.person.surname) is False


def test_two_devices_with_the_same_visit_ask_the_carer(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    first, second = device().open(), device().open()
    for phone, start in ((first, "10:00"), (second, "10:15")):
        phone.cut()
        phone.visit(start, "Zakupy")
    first.restore()
    first.sent()
    second.restore()
    asked = second.page.locator("#phone-waiting .phone-card")
    expect(asked).to_contain_text("Taka wizyta jest już w dzienniczku")
    expect(asked).to_contain_text("10:15–12:00")
    expect(asked).to_contain_text("10:00–12:00")
    assert check_page(second.page, "pl") + check_width(second.page, 390, 320) == []
    assert len(world.stored()) == 1
    asked.get_by_role("button", name="Wstaw mój").or_(
        asked.get_by_role("button", name="Zostaw dzienniczek bez zmian")
    ).last.click()
    expect(asked).to_have_count(0)
    assert [row[2:] for row in world.stored()] == [("done", "phone")]


def _window(phone: Phone) -> Phone:
    """The browser beside the installed page: another page of the same phone."""
    page = phone.context.new_page()
    page.set_default_timeout(10_000)
    return Phone(page, phone.world, phone.gate, phone.clock).open()


def test_two_windows_of_one_phone_keep_one_visit_in_progress(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    first = device().open()
    second = _window(first)
    first.cut()
    first.card(0).get_by_role("button", name="Zaczynam").click()
    expect(first.page.locator("#phone-running")).to_contain_text(str(world.decision.person))
    second.card(1).get_by_role("button", name="Zaczynam").click()
    sentence = f"Trwa inna wizyta: {world.decision.person}"
    expect(second.page.locator("#phone-notices")).to_contain_text(sentence)
    first.kill_and_reopen()
    expect(first.page.locator("#phone-running")).to_contain_text(str(world.decision.person))
    first.finish("10:45", "Zakupy")
    # The other window still shows it: it learns from the disk that the visit is over, and keeps it once.
    second.page.get_by_role("button", name="Kończę").click()
    expect(second.page.locator("#phone-notices")).to_contain_text("zakończono w innym oknie")
    expect(second.page.locator("#phone-running")).to_be_hidden()
    second.card(1).get_by_role("button", name="Zaczynam").click()
    expect(second.page.locator("#phone-running")).to_contain_text("trwa od 12:00")
    second.kill_and_reopen()
    expect(second.page.locator("#phone-running")).to_contain_text(str(world.diary.decisions[1].person))
    second.restore()
    second.sent(("10:45", "75", "done", "phone"))


def test_a_visit_finished_in_two_windows_at_once_is_corrected_by_what_was_said_last(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    first = device().open()
    first.cut()
    first.card(0).get_by_role("button", name="Zaczynam").click()
    expect(first.page.locator("#phone-running")).to_contain_text("trwa od 12:00")
    first.restore()
    second = _window(first)
    first.cut()
    second.page.get_by_role("button", name="Kończę").click()
    dialog = second.page.locator("#phone-finish")
    first.finish("10:45", "Zakupy")
    dialog.get_by_label("Początek").fill("10:30")
    dialog.get_by_role("button", name="Zapisz wizytę").click()
    expect(second.page.locator("#phone-notices")).to_contain_text("zakończono w innym oknie")
    second.restore()
    second.sent(("10:30", "90", "done", "phone"))


def test_corrections_made_offline_go_on_from_the_version_that_the_server_answers(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    phone.cut()
    phone.visit("11:00")
    # The first changes nothing, so the diary counts no version for it; the second counts, so the third goes on from 2.
    for start in ("11:00", "10:30", "10:45"):
        phone.page.get_by_role("button", name="Popraw tę wizytę").click()
        dialog = phone.page.locator("#phone-finish")
        dialog.get_by_label("Początek").fill(start)
        dialog.get_by_role("button", name="Zapisz wizytę").click()
        expect(dialog).to_be_hidden()
    expect(phone.status).to_contain_text("4 wpisy czekają na sieć")
    phone.restore()
    phone.sent()
    expect(phone.page.locator("#phone-waiting .phone-card")).to_have_count(0)
    assert world.stored() == [("10:45", "75", "done", "phone")]


def test_an_end_before_the_start_and_a_visit_of_half_a_day_are_asked_about(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    phone.card().get_by_role("button", name="Zaczynam").click()
    phone.page.get_by_role("button", name="Kończę").click()
    dialog, asked = phone.page.locator("#phone-finish"), phone.page.locator("#phone-reading")
    dialog.get_by_label("Początek").fill("11:45")
    dialog.get_by_label("Koniec").fill("10:45")
    dialog.get_by_role("button", name="Zapisz wizytę").click()
    expect(asked).to_contain_text("Czy wizyta skończyła się następnego dnia?")
    overnight = "Tak: środa, 9 października, 11:45 – czwartek, 10 października, 10:45 (23 h)"
    expect(asked.get_by_role("button", name=overnight)).to_be_visible()
    expect(asked).to_contain_text("To dłużej niż zwykle (do 12 h).")
    assert check_page(phone.page, "pl") + check_width(phone.page, 390, 320) == []
    asked.get_by_role("button", name="Wróć i popraw godziny").click()
    dialog.get_by_role("button", name="Zapisz wizytę").click()
    asked.get_by_role("button", name="Nie, tego samego dnia: 10:45–11:45 (1 h)").click()
    expect(dialog).to_be_hidden()
    phone.sent(("10:45", "60", "done", "phone"))
    phone.page.get_by_role("button", name="Popraw tę wizytę").click()
    dialog.get_by_label("Koniec").fill("23:45")
    dialog.get_by_role("button", name="Zapisz wizytę").click()
    expect(asked).to_contain_text("Czy wizyta trwała 13 h?")
    asked.get_by_role("button", name="Tak, trwała 13 h").click()
    expect(dialog).to_be_hidden()
    phone.sent(("10:45", "780", "done", "phone"))


def test_a_visit_begun_by_mistake_is_dropped_offline_and_an_empty_number_is_told(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    with tenant_scope(world.diary.tenant):
        before = set(PhoneEntry.objects.values_list("pk", flat=True))
    phone = device().open()
    phone.cut()
    phone.page.get_by_text("Wizyta u osoby spoza powyższej listy").click()
    phone.page.get_by_role("button", name="Zaczynam u tej osoby").click()
    expect(phone.page.locator("#phone-other")).to_contain_text("Wpisz numer decyzji")
    phone.page.get_by_label("Numer decyzji").fill("abc")
    phone.page.get_by_role("button", name="Zaczynam u tej osoby").click()
    expect(phone.page.locator("#phone-other")).to_contain_text("„abc” to nie numer decyzji")
    expect(phone.page.locator("#phone-running")).to_be_hidden()
    phone.card().get_by_role("button", name="Zaczynam").click()
    running = phone.page.locator("#phone-running")
    running.get_by_role("button", name="To pomyłka").click()
    asked = phone.page.locator("#phone-drop")
    assert check_page(phone.page, "pl") + check_width(phone.page, 390, 320) == []
    asked.get_by_role("button", name="Nie, wizyta trwa").click()
    expect(running).to_be_visible()
    running.get_by_role("button", name="To pomyłka").click()
    asked.get_by_role("button", name="Tak, wycofaj").click()
    expect(running).to_be_hidden()
    phone.kill_and_reopen()
    expect(phone.page.locator("#phone-unsent")).to_contain_text("zaczęta przez pomyłkę")
    expect(phone.card()).to_contain_text("○ zaplanowana")
    phone.restore()
    phone.sent()
    assert world.stored() == []
    with tenant_scope(world.diary.tenant):
        added = PhoneEntry.objects.exclude(pk__in=before)
        assert [(one.state, one.code) for one in added] == [("dismissed", "dropped")]


def test_a_phone_a_day_behind_asks_and_stores_the_right_day(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device(days=-1).open()
    expect(phone.page.locator("#phone-notices")).to_contain_text("Zegar tego telefonu pokazuje złą godzinę")
    expect(phone.card()).to_contain_text("○ zaplanowana")
    phone.visit("11:00")
    asked = phone.page.locator("#phone-waiting .phone-card")
    expect(asked).to_contain_text("Kiedy była ta wizyta?")
    expect(asked.get_by_label("Dzień")).to_have_value("2024-10-09")
    assert world.stored() == []
    asked.get_by_role("button", name="Zapisz te godziny").click()
    expect(asked).to_have_count(0)
    assert world.stored() == [("11:00", "60", "done", "phone")]


def test_who_is_signed_out_keeps_entries_and_loses_the_names_until_signing_in_again(
    device: Callable[..., Phone], world: FieldWorld, faults: Any
) -> None:
    faults.allow("status of 401")
    phone = device().open()
    phone.cut()
    phone.visit()
    phone.card(1).get_by_role("button", name="Zaczynam").click()
    expect(phone.page.locator("#phone-running")).to_contain_text(str(world.diary.decisions[1].person))
    Session.objects.filter(pk=world.carer.cookies[settings.SESSION_COOKIE_NAME].value).delete()
    phone.restore()
    notices = phone.page.locator("#phone-notices")
    expect(notices).to_contain_text("Wylogowano Cię. Zaloguj się ponownie, a wpisy czekające w telefonie (1)")
    expect(notices.get_by_role("link", name="Zaloguj się")).to_be_visible()
    expect(phone.page.locator(".phone-card:not(.is-running)")).to_have_count(0)
    expect(phone.page.locator("#phone-running")).to_contain_text(world.diary.decisions[1].number)
    for decision in world.diary.decisions:
        assert str(decision.person) not in phone.page.inner_text("main")
        assert phone.page.evaluate(_NAMES_KEPT, decision.person.surname) is False
    phone.sign_in_again()
    # Whoever has signed in comes back to the page: it is loaded anew.
    phone.page.reload()
    phone.sent(("11:00", "60", "done", "phone"))


def test_a_network_that_comes_while_the_page_is_asking_is_not_missed(
    device: Callable[..., Phone], world: FieldWorld, faults: Any
) -> None:
    """The page asks and is told that nobody is signed in; before it has heard that, somebody is."""
    faults.allow("status of 401")
    phone = device().open()
    phone.cut()
    phone.visit()
    Session.objects.filter(pk=world.carer.cookies[settings.SESSION_COOKIE_NAME].value).delete()
    phone.page.evaluate(_HOLD_SHIFT)
    phone.restore()
    phone.page.wait_for_function("() => window.isHeld")
    phone.sign_in_again()
    phone.restore()
    phone.page.evaluate("window.letGo()")
    phone.sent(("11:00", "60", "done", "phone"))


def test_erasing_the_phone_asks_before_anything_unsent_is_lost(
    device: Callable[..., Phone], world: FieldWorld
) -> None:
    phone = device().open()
    assert check_page(phone.page, "pl") + check_width(phone.page, 390, 320) == []
    phone.cut()
    phone.visit()
    phone.page.locator("#phone-more").evaluate("(more) => { more.open = true; }")
    phone.page.get_by_role("button", name="Usuń z tego telefonu i wyloguj").click()
    dialog = phone.page.locator("#phone-wipe")
    expect(dialog).to_contain_text("1 wpis jeszcze nie dotarł do biura")
    dialog.get_by_role("button", name="Wróć i wyślij").click()
    phone.restore()
    phone.sent()
    phone.page.get_by_role("button", name="Usuń z tego telefonu i wyloguj").click()
    phone.page.wait_for_url("**/account/logout/")
    left = phone.page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert [name for name in left if name.startswith("siedem-field:")] == []
    assert phone.page.evaluate("caches.keys()") == []
    assert len(world.stored()) == 1


def test_the_pages_of_the_coordinator_are_sound_in_the_dark_and_in_english(
    device: Callable[..., Phone], world: FieldWorld, signed_in_page: Callable[..., Page]
) -> None:
    standing, waiting, told = world.entry(), world.entry(start="08:30"), world.observation(priority="urgent")
    world.outcomes(standing, waiting, told)
    page = signed_in_page(
        "ngo_coordinator",
        world.diary.tenant,
        world.diary.organisation,
        language="en",
        theme="dark",
        viewport=PHONE,
    )
    for path in (
        "observations/",
        f"observations/{told['id']}/",
        "entries/",
        f"entries/{waiting['id']}/",
        "cards/",
    ):
        page.goto(world.url(path))
        assert check_page(page, "en") + check_width(page, 390, 320) == [], path
