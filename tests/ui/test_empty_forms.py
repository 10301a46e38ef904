"""A form that is sent empty: the browser says nothing of its own, the server names every field in our words."""

import re
from typing import Any

import pytest
from django import forms
from django.urls import reverse
from django.utils.translation import override

pytestmark = pytest.mark.django_db
EMPTY = "Uzupełnij to pole."
NOT_CHOSEN = "Wybierz jedną z odpowiedzi."


@pytest.mark.parametrize(
    ("role", "route", "said"),
    [
        (
            "director",
            "people:invite",
            {"Imię i nazwisko": EMPTY, "E-mail": EMPTY, "Rola": NOT_CHOSEN},
        ),
        (
            "director",
            "cycles:create_cycle",
            {
                "Usługa": NOT_CHOSEN,
                "Tytuł": EMPTY,
                "Usługa świadczona od": "Wpisz dzień, na przykład 05.10.2026.",
                "Usługa świadczona do": "Wpisz dzień, na przykład 05.10.2026.",
            },
        ),
        ("director", "calls:create", {"Tytuł": EMPTY, "Zacznij od": NOT_CHOSEN}),
        (
            "platform_operator",
            "operator:create_tenant",
            {"Nazwa": EMPTY, "Adres": EMPTY, "Rodzaj": NOT_CHOSEN, "Jednostka terytorialna": EMPTY},
        ),
    ],
)
def test_an_empty_form_is_answered_in_our_words(
    role: str, route: str, said: dict[str, str], alfa: Any, sign_in: Any
) -> None:
    client = sign_in(role, alfa)
    address = reverse(route, args=[] if role == "platform_operator" else [alfa.slug])
    page = client.get(address).content.decode()
    main = re.search(r"<main.*?</main>", page, re.S)
    assert main
    posting = re.findall(r'<form\b[^>]*method="post"[^>]*>', main[0])
    assert posting and all("novalidate" in form for form in posting)
    # A browser always sends something, and be it the token of the form alone.
    answer = client.post(address, {"csrfmiddlewaretoken": "x"})
    html = answer.content.decode()
    assert answer.status_code in (200, 422)
    summary = re.search(r'<div class="error-summary".*?</div>', html, re.S)
    assert summary, "the list of what is missing stands on top"
    told = dict(re.findall(r">([^<>:]+): ([^<]+)</a>", summary[0]))
    assert {label: told.get(label) for label in said} == said
    assert "To pole jest wymagane" not in html


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (forms.CharField(), EMPTY),
        (forms.ChoiceField(), NOT_CHOSEN),
        (forms.ModelChoiceField(None), NOT_CHOSEN),
        (forms.MultipleChoiceField(), "Wybierz co najmniej jedną odpowiedź."),
        (forms.ModelMultipleChoiceField(None), "Wybierz co najmniej jedną odpowiedź."),
        (forms.BooleanField(), "Zaznacz to pole, aby przejść dalej."),
        (forms.FileField(), "Wybierz plik."),
        (forms.CharField(error_messages={"required": "Podaj numer."}), "Podaj numer."),
    ],
)
def test_what_an_empty_field_says(field: forms.Field, sentence: str) -> None:
    with override("pl"):
        assert str(field.error_messages["required"]) == sentence
