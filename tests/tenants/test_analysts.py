"""Regional analysts are named and dismissed by a command, with an entry in the platform's record."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from tenants.models import RegionMembership, Tenant

ADDRESS = "analityk@przyklad.test"


@pytest.mark.django_db
def test_a_named_analyst_enters_the_region_and_a_dismissed_one_does_not(alfa: Tenant) -> None:
    call_command("name_analyst", "32", ADDRESS, name="Jan Dąb")
    call_command("name_analyst", "32", ADDRESS)
    client = Client()
    client.force_login(User.objects.get(email=ADDRESS))
    page = reverse("statistics:region", args=["32"])
    assert client.get(page).status_code == 200
    assert client.get(reverse("statistics:region", args=["12"])).status_code == 404

    call_command("name_analyst", "32", ADDRESS, dismiss=True)

    assert client.get(page).status_code == 404
    verbs = list(Entry.objects.order_by("sequence").values_list("verb", flat=True))[-3:]
    assert verbs == ["create_account", "name_analyst", "dismiss_analyst"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99", ADDRESS, "--name=Jan Dąb"], "Podaj dwie cyfry TERC"),
        (["32", ADDRESS], "podaj także imię i nazwisko"),
        (["32", "bez-adresu", "--name=Jan Dąb"], "e-mail"),
        (["32", ADDRESS, "--dismiss"], "nie jest analitykiem"),
    ],
)
def test_refusals_say_why_and_save_nothing(alfa: Tenant, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("name_analyst", *arguments)
    assert not RegionMembership.objects.exists()
    assert not User.objects.filter(email__in=[ADDRESS, "bez-adresu"]).exists()
