"""The policy without inline code holds in every template, and the colours keep their contrast."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("platform", "tenants", "contracting", "reporting")
FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "script without src": re.compile(
        r"<script\b(?![^>]*\ssrc=)(?![^>]*type=[\"']application/json[\"'])", re.IGNORECASE
    ),
    "javascript address": re.compile(r"href\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "address of another origin": re.compile(
        r"<(?:script|link|img)\b[^>]*(?:src|href)=[\"']https?:", re.IGNORECASE
    ),
}
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)


def templates() -> list[Path]:
    return sorted(path for source in SOURCES for path in (ROOT / source).rglob("templates/**/*.html"))


def faults_in(text: str) -> list[str]:
    # Tags of the template language may hold quotes and ">" of their own.
    html = re.sub(r"{%.*?%}|{{.*?}}", "x", COMMENT.sub("", text), flags=re.DOTALL)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(html)]


def test_there_are_templates_to_look_at() -> None:
    assert len(templates()) > 30


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_have_no_inline_code_and_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert faults_in(text) == []
    assert text.count("\n") <= 120, "a template has at most 120 lines"


@pytest.mark.parametrize(
    "text",
    [
        '<p class="a" style="color:red">',
        "<button onclick='go()'>",
        "<style>p{}</style>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<a href="javascript:go()">',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<p {% if a > b %}x{% endif %} style="x">',
    ],
)
def test_the_scan_sees_what_is_forbidden(text: str) -> None:
    assert faults_in(text)


def test_the_scan_lets_the_rest_pass() -> None:
    assert not faults_in(
        '<script type="module" src="{% static "a.js" %}"></script><p data-style="x">one = 1</p>'
    )
    assert not faults_in('<script type="application/json" id="d">{}</script>{# style="" <style> #}')


FORM = re.compile(r"<form\b(?:{%.*?%}|{{.*?}}|[^>])*>", re.DOTALL)


def forms_left_to_the_browser(text: str) -> list[str]:
    """Forms that post and would let the browser say, in its own words and language, what is missing."""
    posting = (
        form for form in FORM.findall(COMMENT.sub("", text)) if re.search(r"method=[\"']?post", form, re.I)
    )
    return [form for form in posting if not re.search(r"\snovalidate\b", form)]


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_missing_in_a_form_is_said_by_the_server(path: Path) -> None:
    assert forms_left_to_the_browser(path.read_text(encoding="utf-8")) == []


def test_a_form_left_to_the_browser_is_seen() -> None:
    assert forms_left_to_the_browser('<form class="a" action="{% url "x" %}" method="post" data-once>')
    assert not forms_left_to_the_browser(
        '<form method="post" novalidate><form method="get"><form method="dialog">'
    )


def tokens(scheme: int) -> dict[str, str]:
    css = (ROOT / "platform/ui/static/ui/css/tokens.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    single = re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css)
    return {pair[0]: pair[1 + scheme] for pair in pairs} | dict(single)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "accent", "must", "warn")
        for ground in ("paper", "sheet", "shade")
    ),
    *((ink, "accent-weak") for ink in ("ink", "accent", "accent-strong")),
    *(("ink", ground) for ground in ("must-weak", "warn-weak", "map-1", "map-2", "map-3")),
    ("must", "must-weak"),
    ("warn", "warn-weak"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-accent", "map-4"),
    ("on-accent", "map-5"),
    ("on-must", "must"),
    ("on-over", "over"),
]
MARKS = [
    *(
        (mark, "paper")
        for mark in (
            "line-strong",
            "granted",
            "delivered",
            "missed",
            "series-2",
            "series-3",
            "series-4",
            "refused",
        )
    ),
    ("line-strong", "sheet"),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_texts_have_a_contrast_of_four_and_a_half(scheme: int, ink: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_and_borders_have_a_contrast_of_three(scheme: int, mark: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[mark], colours[ground]) >= 3.0
