"""What the verbs refuse whoever asks: pages refuse most of it before, commands and other callers do not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Entry
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.statistics.actions.consenting import approve_pushing, stop_pushing
from reporting.statistics.actions.noting import write_note
from reporting.statistics.actions.receiving import receive
from reporting.statistics.actions.reporting import save_report
from reporting.statistics.actions.reviewing import confirm_held
from reporting.statistics.models import HeldFact, Note, PushConsent, SavedReport, SigningKey
from tenants.models import Tenant
from tests.factories.people import UserFactory
from tests.reporting.statistics.sending_world import ACTOR, quarter_of, results, signed

pytestmark = pytest.mark.django_db


def _refused(verb: Callable[[], Any]) -> DomainError:
    before = Entry.objects.count()
    with pytest.raises(DomainError) as refusal:
        verb()
    assert str(refusal.value.message) and Entry.objects.count() == before
    return refusal.value


@pytest.mark.parametrize(("reason", "code"), [("  ", "reason_missing"), ("x" * 501, "reason_too_long")])
def test_sending_is_stopped_with_a_reason_that_can_be_read(alfa: Tenant, reason: str, code: str) -> None:
    with tenant_scope(alfa):
        assert _refused(lambda: stop_pushing(reason=reason, actor=ACTOR)).code == code
    assert PushConsent.objects.in_force().filter(tenant=alfa).exists()


def test_a_second_tab_has_nothing_to_stop(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    director = sign_in("director", alfa)
    assert director.post("/alfa/statistics/stop/", {"reason": "Zmiana systemu"}).status_code == 302
    again = director.post("/alfa/statistics/stop/", {"reason": "Zmiana systemu"})
    assert again.status_code == 422 and "nie ma czego wstrzymywać" in again.content.decode()


def test_a_suspended_tenant_does_not_begin_to_send(alfa: Tenant) -> None:
    PushConsent.objects.filter(tenant=alfa).delete()
    Tenant.objects.filter(pk=alfa.pk).update(state="suspended", suspension_reason="próba")
    with tenant_scope(alfa):
        assert _refused(lambda: approve_pushing(actor=ACTOR)).code == "tenant_suspended"
    assert not PushConsent.objects.filter(tenant=alfa).exists()


@pytest.mark.parametrize(("note", "code"), [(" ", "reason_missing"), ("x" * 501, "reason_too_long")])
def test_a_doubtful_figure_is_confirmed_with_a_reason_that_can_be_read(
    alfa: Tenant, note: str, code: str
) -> None:
    text = quarter_of(alfa, results(2001))
    receive(alfa, text, signed(alfa, text), actor=ACTOR)
    held = HeldFact.objects.get()
    with tenant_scope(alfa):
        assert _refused(lambda: confirm_held(held.pk, note=note, actor=ACTOR)).code == code
    held.refresh_from_db()
    assert held.state == "waiting"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": " "}, "text_missing"),
        ({"text": "x" * 2001}, "text_too_long"),
        ({"text": "Proszę sprawdzić", "indicator": "nonsense"}, "unknown_indicator"),
    ],
)
def test_a_note_says_something_of_an_indicator_that_there_is(
    alfa: Tenant, said: dict[str, str], code: str
) -> None:
    assert _refused(lambda: write_note(alfa, topic="other", actor=ACTOR, **said)).code == code
    assert not Note.objects.exists()


@pytest.mark.parametrize(("name", "code"), [(" ", "name_missing"), ("x" * 121, "name_too_long")])
def test_a_report_has_a_name_that_can_be_read(name: str, code: str) -> None:
    author = UserFactory()

    def verb() -> SavedReport:
        return save_report(
            voivodeship="32",
            name=name,
            query="",
            schedule="never",
            form="xlsx",
            actor=Actor(author.pk, "Analityk"),
        )

    assert _refused(verb).code == code
    assert not SavedReport.objects.exists()


def test_a_key_is_replaced_with_a_reason(alfa: Tenant) -> None:
    key = SigningKey.objects.get(tenant=alfa, retired_at=None)
    with pytest.raises(CommandError):
        call_command("rotate_signing_keys", "alfa", "--reason", "  ")
    assert SigningKey.objects.get(tenant=alfa, retired_at=None) == key
