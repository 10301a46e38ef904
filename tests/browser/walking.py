"""Walking through the site as one person: every link followed, one page of each route, what axe says of each."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Error, Page

from tests.reading import Reading, inside, read_page, route_of

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
  for (const details of document.querySelectorAll("main details")) details.open = true;
  // No rule of these tags asks for style sheets or sounds that axe would fetch once more before it begins.
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, resultTypes: ["violations"],
    preload: false,
  });
  return found.violations.flatMap(rule => rule.nodes.slice(0, 3).map(node => (
    `${rule.id}: ${node.target.join(" ")} – ${(node.any[0] || node.all[0] || node.none[0] || rule).message || rule.help}`
  )));
}"""
# A page keeps axe at hand for every document that it goes to: half a megabyte is handed to the browser once.
_BRING = "() => { if (!window.axe) window.bringAxe?.(); return Boolean(window.axe); }"
_OUTLINE = """() => ({
  title: document.title,
  headings: document.querySelectorAll("h1").length,
  lang: document.documentElement.lang,
})"""
_WIDTH = """() => {
  const root = document.documentElement, room = root.clientWidth;
  if (root.scrollWidth <= room) return null;
  const wide = [...document.querySelectorAll("body *")].filter(e => {
    for (let p = e.parentElement; p; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return false;
    return e.getBoundingClientRect().right > room + 1;
  });
  const last = wide.at(-1);
  const name = last ? last.tagName.toLowerCase() + [...last.classList].map(c => "." + c).join("") : "?";
  return `${root.scrollWidth} px on ${room} px, by ${name}`;
}"""
_TO_THE_START = """() => {
  document.activeElement?.blur();
  window.getSelection()?.removeAllRanges();
  const body = document.body;
  body.tabIndex = -1;
  body.focus();
  body.removeAttribute("tabindex");
}"""
_FIRST_STOP = """() => {
  const reached = document.activeElement;
  return [reached?.getAttribute("href") ?? null, (reached?.getBoundingClientRect().top ?? -1) >= 0];
}"""

# Pictures and the tables beside them, as a sheet of A4 within the margins shows them: 180 mm.
_PAPER = {"width": 680, "height": 960}
_PRINTED = """() => [...document.querySelectorAll("main .chart")].flatMap((chart, place) => {
  for (const details of chart.querySelectorAll("details")) details.open = false;
  const told = [], picture = chart.querySelector(".chart-picture"), table = chart.querySelector(".chart-table table");
  const size = element => element ? element.getBoundingClientRect() : {width: 0, height: 0, right: 0};
  const drawn = size(picture?.querySelector("svg") ?? picture), listed = size(table);
  if (drawn.width < 20 || drawn.height < 20) told.push("no picture");
  if (!table?.checkVisibility({contentVisibilityAuto: true}) || listed.height < 10) told.push("no table");
  if (Math.max(drawn.right, listed.right) > document.documentElement.clientWidth + 1) told.push("wider than the sheet");
  return told.map(fault => `on paper, picture ${place + 1}: ${fault}`);
})"""


@dataclass
class Findings:
    """What is wrong, a line for each: route, person, rule and where on the page."""

    lines: list[str] = field(default_factory=list)

    def note(self, route: str, who: str, faults: list[str]) -> None:
        self.lines += [f"{route} | {who} | {fault}" for fault in faults]


def open_page(page: Page, path: str) -> int | None:
    """Go there; the status of the answer, or None where the address gives a file to keep instead of a page."""
    try:
        answer = page.goto(path, wait_until="load")
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return None
        raise
    is_page = answer is not None and "text/html" in answer.headers.get("content-type", "")
    return answer.status if answer and is_page else None


def links_of(page: Page) -> Iterator[str]:
    """Paths with queries of all links of the page that stay on this site."""
    here = urlsplit(page.url)
    # In pictures the property `href` of a link is no text.
    script = "() => [...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href)"
    for href in page.evaluate(script):
        there = urlsplit(href)
        if (there.scheme, there.netloc) == (here.scheme, here.netloc):
            yield there.path + (f"?{there.query}" if there.query else "")


def check_page(page: Page, language: str) -> list[str]:
    """Faults of the page as it stands: rules of axe, title, heading, language."""
    if not page.evaluate(_BRING):
        text = AXE.read_text("utf-8")
        page.add_init_script(f"window.bringAxe = () => {{ {text}\n}};")
        page.evaluate(text)
    faults: list[str] = page.evaluate(_RUN)
    outline: dict[str, Any] = page.evaluate(_OUTLINE)
    if not outline["title"].endswith(" · Siedem") or not outline["title"].removesuffix(" · Siedem").strip():
        faults.append(f"title: “{outline['title']}”")
    if outline["headings"] != 1:
        faults.append(f"{outline['headings']} headings of the first level")
    if outline["lang"] != language:
        faults.append(f"language: “{outline['lang']}”")
    return faults


def check_width(page: Page, *widths: int) -> list[str]:
    """Faults of the page on narrow screens: whatever makes it scroll sideways."""
    # A link may have been followed the moment before: there is no document where the next one has not begun.
    page.wait_for_load_state()
    before = page.viewport_size
    faults = []
    for width in widths:
        # Each change of the size lays the page out and draws it anew.
        if page.viewport_size is None or page.viewport_size["width"] != width:
            page.set_viewport_size({"width": width, "height": 800})
        if told := page.evaluate(_WIDTH):
            faults.append(f"scrolls sideways: {told}")
    if before and page.viewport_size != before:
        page.set_viewport_size(before)
    return faults


def check_print(page: Page) -> list[str]:
    """Faults of the pictures of the page on paper, where nobody opens the table beside one."""
    if not page.locator("main .chart").count():
        return []
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size(_PAPER)
    faults: list[str] = page.evaluate(_PRINTED)
    page.emulate_media(media="null")
    if before:
        page.set_viewport_size(before)
    return faults


def check_skip_link(page: Page) -> list[str]:
    """Faults of the first stop of the keyboard, which must lead past the frame."""
    page.evaluate(_TO_THE_START)
    page.keyboard.press("Tab")
    href, is_shown = page.evaluate(_FIRST_STOP)
    if href != "#main":
        return ["skip link: not the first stop of the keyboard"]
    if not is_shown:
        return ["skip link: hidden while it has the focus"]
    page.keyboard.press("Enter")
    if page.evaluate("() => document.activeElement?.id") != "main":
        return ["skip link: leads nowhere"]
    return []


def walk(page: Page, starts: list[str], on_page: Callable[[str, str, int], None]) -> set[str]:
    """Follow every link from these addresses, one page for each route; returns the routes seen.

    `on_page(route, path, status)` is called for every page, while it is open.
    """
    # Every start is gone to, whatever its route; of what they link to, one page of each route.
    waiting, seen = deque((path, True) for path in starts), set()
    while waiting:
        path, is_start = waiting.popleft()
        route = route_of(urlsplit(path).path)
        if route is None or (route in seen and not is_start):
            continue
        seen.add(route)
        status = open_page(page, path)
        if status is None:
            continue
        # Where the site led: a start may send on, and what counts is where one lands.
        landed = urlsplit(page.url)
        arrived = route_of(landed.path) or route
        if arrived != route and arrived in seen:
            continue
        seen.add(arrived)
        links = list(links_of(page))
        on_page(arrived, landed.path + (f"?{landed.query}" if landed.query else ""), status)
        waiting.extend((link, False) for link in links)
    return seen


def read_along(
    client: Client,
    starts: list[str],
    on_page: Callable[[str, str, int, Reading], None],
    *,
    of_one_route: int = 2,
) -> set[str]:
    """The same walk without a browser: every link, up to so many pages of one route; returns the routes seen.

    `on_page(route, path, status, reading)` is called for every page that is a document of its own.
    """
    waiting, asked, times, seen = deque(starts), set(), Counter[str](), set()
    while waiting:
        path = waiting.popleft()
        route = route_of(path)
        # A start is gone to whatever its route.
        if route is None or path in asked or (times[route] >= of_one_route and path not in starts):
            continue
        asked.add(path)
        times[route] += 1
        answer: Any = client.get(path, follow=True)
        seen.add(route)
        if answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        reading = read_page(answer.content.decode())
        landed = answer.request["PATH_INFO"] + (
            f"?{query}" if (query := answer.request["QUERY_STRING"]) else ""
        )
        arrived = route_of(landed) or route
        seen.add(arrived)
        if reading.is_whole:
            on_page(arrived, landed, answer.status_code, reading)
        waiting.extend(filter(None, (inside(link, landed) for link in reading.links)))
    return seen


def check_reading(reading: Reading, language: str) -> list[str]:
    """Faults that the text of a page shows without a browser: title, heading, language."""
    faults = []
    if not reading.title.strip().endswith(" · Siedem") or not reading.title.removesuffix(" · Siedem").strip():
        faults.append(f"title: “{reading.title}”")
    if reading.headings != 1:
        faults.append(f"{reading.headings} headings of the first level")
    if reading.language != language:
        faults.append(f"language: “{reading.language}”")
    return faults
