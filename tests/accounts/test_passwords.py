"""Words of the house in passwords (`accounts/passwords.py`)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.passwords import HouseWordsValidator
from tests.factories.people import UserFactory, client_of


@pytest.mark.parametrize(
    "password",
    [
        "siedem-siedem-2026!",
        "MOPS.Koordynator.1",
        "Hasło-do-GOPS-12",
        "OŚRODEK pomocy społecznej",
        "DyrektorAdmin#1x",
    ],
)
def test_what_is_hardly_more_than_words_of_the_house_is_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_of_house_words" in [error.code for error in refused.value.error_list]


@pytest.mark.parametrize(
    "password",
    ["Truskawka-na-ganku-7", "siedem krów na łące śpi", "9417-3320-5518-abz", "Gminna łąka pełna żab"],
)
def test_a_sentence_with_such_a_word_passes(password: str) -> None:
    HouseWordsValidator().validate(password)


@pytest.mark.django_db
def test_whoever_changes_a_password_is_told_what_to_do() -> None:
    user = UserFactory()
    client = client_of(user)
    form = {"oldpassword": "x", "password1": "Siedem-siedem-77", "password2": "Siedem-siedem-77"}
    page = client.post(reverse("account_change_password"), form).content.decode()
    assert "To hasło składa się ze słów, które każdy tutaj zna. Dodaj własne słowa." in page
