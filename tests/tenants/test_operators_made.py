"""The first operator of an installation is made by a command, and gets in by the mail of a forgotten password."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import Entry

ADDRESS = "operator@przyklad.test"


@pytest.mark.django_db
def test_the_operator_who_is_made_can_set_a_password() -> None:
    call_command("create_operator", ADDRESS, "Jan Dąb")
    made = User.objects.get(email=ADDRESS)
    assert made.is_operator
    assert not made.has_usable_password()
    entry = Entry.objects.order_by("sequence").last()
    assert entry and (entry.verb, entry.payload) == ("create_account", {"is_operator": True})
    answer = Client().post("/account/password/reset/", {"email": ADDRESS})
    assert answer.status_code == 302
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert "/account/password/reset/key/" in str(mail.outbox[0].body)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "name", "said"),
    [
        ("bez-adresu", "Jan Dąb", "e-mail"),
        (ADDRESS, "", "Podaj po adresie imię i nazwisko"),
        ("Zajety@Przyklad.test", "Jan Dąb", "ma już konto"),
    ],
)
def test_refusals_say_why_and_save_nothing(email: str, name: str, said: str) -> None:
    call_command("create_operator", "zajety@przyklad.test", "Ewa Lis")
    with pytest.raises(CommandError, match=said):
        call_command("create_operator", email, name)
    assert User.objects.count() == 1
