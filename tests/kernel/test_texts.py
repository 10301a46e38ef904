"""Catalogues are compiled when they changed, and every text that lacks its translation is found."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext

from kernel import texts

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    f'"Plural-Forms: {texts.POLISH_PLURALS};\\n"\n\n'
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small product: one Python file, one template and a catalogue."""
    (tmp_path / "tenants" / "templates").mkdir(parents=True)
    (tmp_path / "tenants" / "views.py").write_text(
        'from django.utils.translation import gettext as _\nA = _("One")\nB = _("Two %(name)s")\n'
    )
    (tmp_path / "tenants" / "templates" / "x.html").write_text(
        "<c-field label=\"{% translate 'Three' %}\" />\n"
        "{% blocktranslate count n=n %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}\n"
        "{% translate 'May' context 'month' %}\n"
    )
    return tmp_path


def write(house: Path, body: str, app: str = "tenants") -> Path:
    path = house / app / "locale" / "pl" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + body)
    return path


WHOLE = (
    'msgid "One"\nmsgstr "Jeden"\n\nmsgid "Two %(name)s"\nmsgstr "Dwa %(name)s"\n\nmsgid "Three"\nmsgstr "Trzy"\n\n'
    'msgid "%(n)s thing"\nmsgid_plural "%(n)s things"\nmsgstr[0] "%(n)s rzecz"\nmsgstr[1] "%(n)s rzeczy"\n'
    'msgstr[2] "%(n)s rzeczy"\n\nmsgctxt "month"\nmsgid "May"\nmsgstr "maj"\n'
)


def check(house: Path) -> texts.Findings:
    return texts.check_catalogues(house, "pl", set())


def test_texts_of_code_templates_attributes_plurals_and_contexts_are_found(house: Path) -> None:
    shown = {text.key: text.plural for text in texts.texts_shown(house)}
    assert shown == {
        ("", "One"): "",
        ("", "Two %(name)s"): "",
        ("", "Three"): "",
        ("", "%(n)s thing"): "%(n)s things",
        ("month", "May"): "",
    }


def test_a_whole_catalogue_has_no_fault(house: Path) -> None:
    write(house, WHOLE)
    findings = check(house)
    assert (findings.faults, findings.missing, findings.unused) == ([], [], [])


def test_a_missing_text_is_named_with_its_place(house: Path) -> None:
    write(house, WHOLE.replace('msgid "One"\nmsgstr "Jeden"\n\n', ""))
    missing = check(house).missing
    assert [(text.singular, text.places) for text in missing] == [("One", ("tenants/views.py:2",))]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('msgstr "Jeden"', 'msgstr ""', "has no translation"),
        ('msgid "One"', '#, fuzzy\nmsgid "One"', "marked fuzzy"),
        ("Dwa %(name)s", "Dwa", "leaves out name"),
        ("Dwa %(name)s", "Dwa %(nmae)s", "names nmae"),
        ('msgstr[2] "%(n)s rzeczy"', 'msgstr[2] ""', "has no translation"),
    ],
)
def test_a_faulty_translation_is_named(house: Path, before: str, after: str, words: str) -> None:
    assert before in WHOLE
    write(house, WHOLE.replace(before, after))
    assert any(words in fault for fault in check(house).faults)


def test_a_catalogue_with_other_plural_rules_is_refused(house: Path) -> None:
    path = write(house, WHOLE)
    path.write_text(path.read_text().replace(texts.POLISH_PLURALS, "nplurals=2; plural=(n != 1)"))
    assert any("Plural-Forms must be" in fault for fault in check(house).faults)


def test_two_apps_that_translate_a_text_differently_are_told(house: Path) -> None:
    write(house, WHOLE)
    write(house, 'msgid "One"\nmsgstr "Jedno"\n', app="platform/ui")
    assert any("translated differently" in fault for fault in check(house).faults)


def test_a_translation_that_no_code_shows_is_only_mentioned(house: Path) -> None:
    write(house, WHOLE + '\nmsgid "Old"\nmsgstr "Stare"\n')
    findings = check(house)
    assert findings.faults == []
    assert any("'Old'" in line for line in findings.unused)


def test_only_what_changed_is_compiled(house: Path) -> None:
    po = write(house, WHOLE)
    assert texts.compile_catalogues(house) == [po.with_suffix(".mo")]
    assert texts.compile_catalogues(house) == []
    later = po.with_suffix(".mo").stat().st_mtime_ns + 10**9
    os.utime(po, ns=(later, later))
    assert texts.compile_catalogues(house) == [po.with_suffix(".mo")]
    assert texts.compile_catalogues(house, all_anew=True) == [po.with_suffix(".mo")]
    assert [path.name for path in po.parent.iterdir() if "part" in path.name] == []


def test_an_unknown_app_is_refused_by_the_command() -> None:
    with pytest.raises(CommandError, match="no app"):
        call_command("check_texts", add="nowhere", under="nowhere")


def test_what_is_compiled_is_read_by_the_same_process(tmp_path: Path) -> None:
    """On a first start the demo is loaded by the process that compiles: its papers were English."""
    po = tmp_path / "platform" / "locale" / "pl" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(HEADER + 'msgid "A text of the first start"\nmsgstr "Tekst pierwszego startu"\n', "utf-8")
    with override_settings(LOCALE_PATHS=[str(po.parents[2])]), translation.override("pl"):
        assert gettext("A text of the first start") == "A text of the first start"
        texts.compile_catalogues(tmp_path)
        translation.activate("pl")
        assert gettext("A text of the first start") == "Tekst pierwszego startu"
