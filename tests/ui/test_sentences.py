"""What forms say in the framework's place: in the house's words, with the count of what is too long; what stands now."""

from datetime import date

import pytest
from django import forms
from django.utils import translation

from kernel.errors import DomainError
from kernel.stamps import require_unchanged
from ui.days import DayField
from ui.refusals import attempt, status_of


class EveryKind(forms.Form):
    name = forms.CharField(label="Nazwa", max_length=10)
    count = forms.IntegerField(label="Liczba", min_value=2, max_value=9)
    kind = forms.ChoiceField(label="Rodzaj", choices=[("a", "pierwszy"), ("b", "drugi <b>")])
    page = forms.URLField(label="Strona", required=False, assume_scheme="https")
    mail = forms.EmailField(label="E-mail", required=False)
    day = DayField(label="Dzień", required=False)
    agreed = forms.BooleanField(label="Zgoda", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


RIGHT = {"name": "Nazwa", "count": "3", "kind": "a"}


@pytest.mark.parametrize(
    ("typed", "pl", "en"),
    [
        ({"name": ""}, "Uzupełnij to pole.", "Fill in this field."),
        (
            {"name": "ż" * 22},
            "Tekst ma 22 znaki, a zmieści się 10: skróć go.",
            "The text has 22 characters, and 10 fit: shorten it.",
        ),
        ({"count": "10"}, "10 to za dużo: wpisz najwyżej 9.", "10 is too much: write at most 9."),
        ({"count": "1"}, "1 to za mało: wpisz co najmniej 2.", "1 is too little: write at least 2."),
        (
            {"count": "x"},
            "Wpisz liczbę całkowitą, na przykład 12.",
            "Write a whole number, for example 12.",
        ),
        (
            {"kind": "c"},
            "Wybranej pozycji nie ma na liście, być może już jej tam nie ma: wybierz ponownie.",
            "What was chosen is not on the list, perhaps no longer: choose again.",
        ),
        (
            {"page": "nie strona"},
            "Wpisz cały adres strony, na przykład https://www.gmina.pl/konkursy.",
            "Write the whole address of the page, for example https://www.gmina.pl/konkursy.",
        ),
        (
            {"mail": "anna"},
            "Wpisz cały adres e-mail, na przykład anna@organizacja.pl.",
            "Write the whole e-mail address, for example anna@organizacja.pl.",
        ),
    ],
)
def test_what_is_wrong_is_said_by_the_house(typed: dict[str, str], pl: str, en: str) -> None:
    for language, said in (("pl", pl), ("en", en)):
        with translation.override(language):
            [messages] = EveryKind({**RIGHT, **typed}).errors.values()
            assert [str(one) for one in messages] == [said]


def test_no_control_cuts_what_is_typed() -> None:
    assert "maxlength" not in EveryKind().as_p()


def test_a_form_from_a_stale_page_says_at_each_field_what_is_saved_now() -> None:
    saved = {
        "name": "Zapisana",
        "count": 4,
        "kind": "b",
        "day": date(2026, 10, 5),
        "agreed": True,
        "page": "",
    }
    typed = {**RIGHT, "count": "4", "page": "https://gmina.pl", "day": "6.10.2026", "seen": "dawniej"}
    form = EveryKind(typed, initial={**saved, "seen": "teraz"})
    assert form.is_valid()

    def verb() -> bool:
        require_unchanged(form.cleaned_data["seen"], "teraz")
        return True

    with translation.override("pl"):
        assert attempt(form, verb) is None
        assert status_of(form) == 409
        told = {bound.name: str(bound.help_text) for bound in form if bound.help_text}
    assert told == {
        "name": "Teraz zapisane: Zapisana",
        "kind": "Teraz zapisane: drugi &lt;b&gt;",
        "page": "Teraz zapisane: nic",
        "day": "Teraz zapisane: 05.10.2026",
        "agreed": "Teraz zapisane: tak",
    }
    # What was typed stays, and sending it again replaces what stands.
    assert (form["name"].value(), form["seen"].value()) == ("Nazwa", "teraz")


def test_a_refusal_that_is_no_conflict_says_nothing_of_what_is_saved() -> None:
    form = EveryKind(RIGHT, initial={"name": "Zapisana"})
    assert form.is_valid()

    def verb() -> None:
        raise DomainError("wrong", "Nie można.", field="name")

    assert attempt(form, verb) is None
    assert not form.fields["name"].help_text
