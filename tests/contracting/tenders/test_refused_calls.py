"""What a call refuses while it is written, published and amended, through its pages: the sentence, and nothing saved."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from contracting.tenders import sealing
from contracting.tenders.actions import calls
from contracting.tenders.models import Call, CallKey, Publication, RecoveryKey
from contracting.tenders.views import recovery
from kernel import keeper
from kernel.periods import local_date
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, in_days, published_call, ready_draft
from tests.contracting.tenders.offers_world import recovery_shares
from tests.contracting.tenders.test_sealing_commands import shares_typed
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
_ROWS = {"TOTAL_FORMS": "2", "INITIAL_FORMS": "0"}
_PRICE = {"name": "Cena", "kind": "price", "max_points": "10", "weight": "50"}
_LOT = {"title": "Całe miasto", "funds": "600000", "DELETE": "on"}


@pytest.fixture
def director(sign_in: Callable[..., Client], alfa: Tenant) -> Client:
    return sign_in("director", alfa)


def refused(answer: Any, says: str) -> None:
    """The page again, with the sentence."""
    assert answer.status_code == 422
    assert says in answer.content.decode().replace("\xa0", " "), answer.context["form"].errors


def rows(prefix: str, *lines: dict[str, str]) -> dict[str, str]:
    typed = {f"{prefix}-{at}-{name}": value for at, line in enumerate(lines) for name, value in line.items()}
    return {**typed, **{f"{prefix}-{name}": value for name, value in _ROWS.items()}}


@pytest.mark.parametrize(
    ("section", "typed", "says"),
    [
        ("parts", rows("lots", _LOT), "Konkurs ma co najmniej jedną część: wpisz jej nazwę i środki."),
        ("criteria", rows("criteria", _PRICE, _PRICE), "Dwa kryteria są rodzaju „cena”"),
    ],
)
def test_rows_of_a_draft_that_cannot_be(
    director: Client, alfa: Tenant, section: str, typed: dict[str, str], says: str
) -> None:
    with tenant_scope(alfa):
        call = ready_draft()
    refused(director.post(f"/alfa/calls/{call.pk}/{section}/", typed), says)
    with tenant_scope(alfa):
        assert call.lots.count() == 1
        assert [row.name for row in call.criteria.all()] == ["Cena", "Koncepcja"]


def test_a_number_that_another_call_took_a_moment_ago(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call, rival = ready_draft(), ready_draft(number="2/2027")
    typed = {"title": "Usługi", "number": "3/2027", "kind": "support"}
    take = lambda: Call.objects.filter(pk=rival.pk).update(number="3/2027")  # noqa: E731
    with meanwhile(calls, "require_valid", take, after=True):
        answer = director.post(f"/alfa/calls/{call.pk}/basics/", typed)
    refused(answer, "Numer 3/2027 ma już inny konkurs. Wybierz inny numer.")
    with tenant_scope(alfa):
        call.refresh_from_db()
        assert (call.number, call.title) == ("1/2027", "Usługi opiekuńcze 2027")


def test_weights_of_an_amendment_make_a_hundred(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = published_call()
    address = f"/alfa/calls/{call.pk}/amend/"
    page = director.get(address).context
    typed = {form.html_name: form.value() for form in page["whole"] if form.value() not in (None, False)}
    for prefix in ("lots", "criteria"):
        typed |= {field.html_name: field.value() for field in page[prefix].management_form}
    later = {"deadline_day": local_date(in_days(50)).isoformat(), "deadline_time": "12:00"}
    typed |= {"reason": "Korekta", "criteria-0-weight": "30", **later}
    refused(director.post(address, typed), "Wagi: razem dają 90 %. Zmień je tak, by dawały 100 %.")
    with tenant_scope(alfa):
        assert not call.amendments.exists()
        assert sorted(row.weight for row in call.criteria.all()) == [40, 60]


def test_a_template_has_no_publications(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        template = calls.copy_call(ready_draft(), title="Wzór", as_template=True, actor=DIRECTOR)
    day = local_date(in_days(0)).isoformat()
    typed = {"place": "bip", "posted_on": day, "url": "https://bip.alfa.test/1"}
    answer = director.post(f"/alfa/calls/{template.pk}/publications/record/", typed)
    refused(answer, "Wzoru się nie ogłasza. Najpierw utwórz z niego konkurs.")
    with tenant_scope(alfa):
        assert not Publication.objects.filter(call=template).exists()


def test_a_call_whose_key_does_not_open_again_stays_a_draft(director: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = ready_draft()
    with mock.patch.object(keeper, "unwrap", return_value=b"\0" * 32):
        answer = director.post(f"/alfa/calls/{call.pk}/publish/")
    refused(answer, "Klucz ogłoszenia nie otworzył się ponownie. Spróbuj jeszcze raz.")
    with tenant_scope(alfa):
        call.refresh_from_db()
        assert call.state == Call.State.DRAFT and not CallKey.objects.exists()


def test_shares_that_do_not_fit_together_make_no_recovery_key(director: Client, alfa: Tenant) -> None:
    functions = {"first": "dyrektor", "second": "skarbnik", "third": "sekretarz"}
    with (
        mock.patch.object(recovery, "proved_lately", return_value=True),
        mock.patch.object(sealing, "join_shares", return_value=b"\0" * 32),
    ):
        answer = director.post("/alfa/offers/recovery-key/", functions)
    refused(answer, "Udziały do siebie nie pasują. Spróbuj jeszcze raz.")
    with tenant_scope(alfa):
        assert not RecoveryKey.objects.exists()


def test_keys_that_were_altered_are_not_recovered(in_alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = recovery_shares()
    published_call()
    CallKey.objects.update(public_key=b"\1" * 32)
    before = CallKey.objects.values_list("wrapped", "keeper").get()
    shares_typed(monkeypatch, shares[0], shares[2])
    with pytest.raises(CommandError, match="Klucz publiczny któregoś ogłoszenia zmieniono"):
        call_command("recover_call_keys", "--tenant", "alfa")
    assert CallKey.objects.values_list("wrapped", "keeper").get() == before
