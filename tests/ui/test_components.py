"""Components and tags as pages use them: rendered through Django, read as HTML."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from ui.days import DayField


@pytest.fixture(autouse=True)
def _polish() -> Iterator[None]:
    with translation.override("pl"):
        yield


class Sample(forms.Form):
    name = forms.CharField(label="Nazwisko", help_text="Jak w dowodzie")
    day = DayField(label="Dzień")
    kind = forms.ChoiceField(label="Rodzaj", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Zgoda")
    extra = forms.CharField(label="Uwagi", required=False, widget=forms.Textarea)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Całość jest niespójna <b>.")


def render(source: str, address: str = "/", **context: Any) -> str:
    """Render a template as the loader would, cotton tags compiled."""
    from django_cotton.compiler_regex import CottonCompiler

    request = RequestFactory().get(address)
    request.user = None  # type: ignore[assignment]
    template = engines["django"].from_string(CottonCompiler().process(source))
    return template.template.render(make_context(request, context))


def make_context(request: Any, context: dict[str, Any]) -> Any:
    from django.template import Context

    return Context({"request": request, **context})


def test_a_field_names_its_hint_and_its_error() -> None:
    html = render('<c-field :field="form.name" />', form=Sample({}))
    assert '<label class="label" for="id_name">Nazwisko</label>' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'id="id_name_hint">Jak w dowodzie' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_field_without_error_names_only_its_hint() -> None:
    html = render('<c-field :field="form.name" />', form=Sample())
    assert 'aria-describedby="id_name_hint"' in html
    assert "field-wrong" not in html


def test_a_group_of_choices_is_a_fieldset() -> None:
    html = render('<c-field :field="form.kind" />', form=Sample())
    assert "<fieldset" in html
    assert '<legend class="label">Rodzaj</legend>' in html
    assert '<label class="option" for="id_kind_0">' in html


def test_optional_fields_say_so_and_hidden_ones_show_nothing() -> None:
    assert "(opcjonalnie)" in render('<c-field :field="form.extra" />', form=Sample())
    hidden = render('<c-field :field="form.token" />', form=Sample())
    assert 'type="hidden"' in hidden
    assert "label" not in hidden


def test_what_was_typed_is_escaped_and_not_lost() -> None:
    html = render('<c-field :field="form.name" />', form=Sample({"name": '"><script>'}))
    assert 'value="&quot;&gt;&lt;script&gt;"' in html


def test_the_error_summary_leads_to_every_field() -> None:
    form = Sample({"name": ""})
    html = render(
        '<c-form-errors :form="form" />{% for field in form %}<c-field :field="field" />{% endfor %}',
        form=form,
    )
    for target in ("id_name", "id_day", "id_kind_0", "id_agreed"):
        assert f'<a href="#{target}">' in html
        assert f'id="{target}"' in html
    assert "Całość jest niespójna &lt;b&gt;." in html
    assert "Do poprawienia jest 5 rzeczy" in html
    assert "data-focus" in html


def test_no_summary_where_nothing_is_wrong() -> None:
    assert render('<c-form-errors :form="form" />', form=Sample()).strip() == ""


def test_components_do_not_take_attributes_from_the_page_around_them() -> None:
    leaking = {"title": "obcy", "kind": "must", "href": "/obcy", "note": "obca", "count": 7, "current": True}
    html = render(
        '<c-notice>a</c-notice><c-stat label="b" value="1" /><c-badge>c</c-badge><c-tab href="/d">d</c-tab>',
        **leaking,
    )
    assert "obc" not in html
    assert "must" not in html
    assert "aria-current" not in html


def test_attributes_are_escaped() -> None:
    html = render('<c-page-header title="{{ name }}" lead="{{ name }}" />', name="<b>Ćwik & Żak</b>")
    assert "<b>" not in html
    assert html.count("&lt;b&gt;Ćwik &amp; Żak&lt;/b&gt;") == 2


def test_a_table_is_a_named_region_that_can_be_scrolled() -> None:
    html = render('<c-table caption="Łączna lista"><tbody></tbody></c-table>')
    assert 'id="laczna-lista-caption"' in html
    assert 'aria-labelledby="laczna-lista-caption"' in html
    assert 'role="region"' in html
    assert "visually-hidden" not in html
    assert "visually-hidden" in render('<c-table caption="x" hidden-caption></c-table>')


def test_query_with_keeps_the_rest_and_goes_back_to_the_first_page() -> None:
    address = "/?month=2026-10&page=3&sort=name"
    assert render("{% query_with page=4 %}", address) == "?month=2026-10&amp;page=4&amp;sort=name"
    assert render("{% query_with sort='-name' %}", address) == "?month=2026-10&amp;sort=-name"
    assert render("{% query_with month=None %}", address) == "?sort=name"


def test_headers_sort_both_ways_and_say_how() -> None:
    header = '<th {% sort_state "name" "name" %}>{% sort_link "name" "Osoba" "name" %}</th>'
    assert 'aria-sort="ascending"' in render(header)
    assert 'href="?sort=-name"' in render(header)
    assert 'aria-sort="descending"' in render(header, "/?sort=-name")
    assert 'href="?sort=name"' in render(header, "/?sort=-name")
    other = render(header, "/?sort=granted&month=2026-10")
    assert "aria-sort" not in other
    assert 'href="?sort=name&amp;month=2026-10"' in other


def test_filters_carry_the_rest_of_the_address_along() -> None:
    html = render('<c-filters keep="sort,month">x</c-filters>', "/?sort=-name&month=2026-10&text=Ć&page=2")
    assert '<input type="hidden" name="sort" value="-name">' in html
    assert '<input type="hidden" name="month" value="2026-10">' in html
    assert 'name="text"' not in html
    assert 'name="page"' not in html
    assert "Pokaż" in html


def test_pages_are_shown_only_where_there_are_several() -> None:
    page = '<c-pagination :page="page" />'
    assert render(page, page=Paginator(range(5), 50).page(1)).strip() == ""
    html = render(page, "/?text=a", page=Paginator(range(240), 20).page(3))
    assert 'href="?text=a&amp;page=4"' in html
    assert 'aria-current="page"' in html
    assert "41–60 z 240" in html


@pytest.mark.parametrize(
    ("name", "initials"), [("Anna Nowak", "AN"), ("Anna Maria Nowak", "AN"), ("Ewa", "E"), ("", "")]
)
def test_initials(name: str, initials: str) -> None:
    assert render("{{ name|initials }}", name=name) == initials


@pytest.mark.parametrize(("language", "told"), [("pl", "zł"), ("en", "PLN")])
def test_the_unit_of_an_amount_is_in_the_readers_language(language: str, told: str) -> None:
    with translation.override(language):
        page = render('<c-field :field="form.name" unit="zł" />', form=Sample())
    assert f'<span class="unit">{told}</span>' in page
