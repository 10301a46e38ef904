"""Pictures of the main pages of a running site, for people to look at.

`python -m tests.browser.screenshots OUT_DIR URL_BASE`, for example with `make run` going:
`python -m tests.browser.screenshots /tmp/pictures http://localhost:8000`. Every page in Polish and English, light and
dark, on a desktop and a phone: `OUT_DIR/<page>-<language>-<theme>-<width>.png`.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import django
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import tests.servers  # noqa: F401 - puts the source roots on the path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
django.setup()

from reporting.demo.people import PASSWORD  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {1280: 900, 390: 844}
DIRECTOR, NGO = "dyrektor.barlinek@siedem.test", "koordynator.ngo.barlinek@siedem.test"
ANALYST, OPERATOR = "rops.zachodniopomorskie@siedem.test", "operator@siedem.test"

# Name of the picture → who looks, and the address; an address that begins with a dot is a selector of a link to
# follow from the page before it.
PAGES: dict[str, tuple[str | None, Sequence[str]]] = {
    "sign-in": (None, ["/account/login/"]),
    "today": (DIRECTOR, ["/barlinek/"]),
    "months": (DIRECTOR, ["/barlinek/month/months/"]),
    "month": (DIRECTOR, ["/barlinek/month/months/", "main tbody a[href*='/month/']"]),
    "decisions": (DIRECTOR, ["/barlinek/care/decisions/"]),
    "decision": (DIRECTOR, ["/barlinek/care/decisions/", "main tbody a[href*='/care/decisions/']"]),
    "persons": (DIRECTOR, ["/barlinek/care/persons/"]),
    "contracts": (DIRECTOR, ["/barlinek/contracts/"]),
    "contract": (DIRECTOR, ["/barlinek/contracts/", "main tbody a[href*='/contracts/']"]),
    "services": (DIRECTOR, ["/barlinek/services/"]),
    "people": (DIRECTOR, ["/barlinek/people/"]),
    "invite": (DIRECTOR, ["/barlinek/people/invite/"]),
    "record": (DIRECTOR, ["/barlinek/audit/"]),
    "today-ngo": (NGO, ["/barlinek/"]),
    "diary": (NGO, ["/barlinek/diary/grid/"]),
    "diary-file": (NGO, ["/barlinek/diary/import/"]),
    "region": (ANALYST, ["/region/32/"]),
    "tenants": (OPERATOR, ["/operator/tenants/"]),
    "account": (DIRECTOR, ["/me/profile/"]),
    "not-found": (DIRECTOR, ["/barlinek/nothing-here/"]),
}


def _chromium() -> str:
    named = os.environ.get("BROWSER", "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        sys.exit("No Chromium on this machine: install it or name it in BROWSER.")
    return found


def _sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def _contexts(browser: Browser, base: str) -> dict[str | None, BrowserContext]:
    """One context for each person, signed in once."""
    contexts = {}
    for who in {who for who, _steps in PAGES.values()}:
        context = browser.new_context(base_url=base, locale="pl-PL", reduced_motion="reduce")
        if who:
            page = context.new_page()
            _sign_in(page, who)
            page.close()
        contexts[who] = context
    return contexts


def _go(page: Page, steps: Sequence[str]) -> None:
    for step in steps:
        if step.startswith("/"):
            page.goto(step, wait_until="networkidle")
        else:
            page.goto(page.locator(step).first.get_attribute("href") or "/", wait_until="networkidle")


def take(out: Path, base: str, only: Sequence[str]) -> int:
    """Save the pictures of all pages, or of those named; returns how many."""
    out.mkdir(parents=True, exist_ok=True)
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        contexts = _contexts(browser, base)
        for language, theme, (width, height) in product(("pl", "en"), ("light", "dark"), WIDTHS.items()):
            for context in contexts.values():
                chosen = {"django_language": language, "theme": theme}
                context.add_cookies([{"name": k, "value": v, "url": base} for k, v in chosen.items()])
            for name, (who, steps) in PAGES.items():
                if only and name not in only:
                    continue
                page = contexts[who].new_page()
                page.set_viewport_size({"width": width, "height": height})
                _go(page, steps)
                page.screenshot(path=out / f"{name}-{language}-{theme}-{width}.png", full_page=True)
                page.close()
                taken += 1
        browser.close()
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("base", metavar="URL_BASE")
    parser.add_argument("only", nargs="*", metavar="PAGE", help=f"of {', '.join(PAGES)}")
    given = parser.parse_args()
    print(f"{take(given.out, given.base.rstrip('/'), given.only)} pictures in {given.out}")
