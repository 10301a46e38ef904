"""Links of a survey by mail: one task and one mail each, the address gone once the mail has left, nothing in logs."""

import re
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from audit.models import Entry
from kernel.crypto import decrypt
from reporting.supervision import actions, tasks
from reporting.supervision.models import Invitation, Survey
from reporting.supervision.schedule import mail_waiting_links
from tests.queueing import remember_queued
from tests.reporting.supervision.asking import ACTOR, started
from tests.reporting.supervision.supervised import Supervised

pytestmark = pytest.mark.django_db
ADDRESS, OTHER = "rodzina@example.org", "corka@example.org"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    return remember_queued(monkeypatch, tasks.mail_survey_link)


@pytest.fixture
def survey(world: Supervised) -> Survey:
    with world.in_tenant():
        return started(world.contract)


def ask(world: Supervised, survey: Survey, capture: Any, **typed: str) -> Any:
    with capture(execute=True):
        return world.post("director", "mail_survey_links", typed, pk=survey.pk)


def run(world: Supervised, pk: str) -> None:
    with world.in_tenant():
        tasks.mail_survey_link.run(pk)


def row(world: Supervised, place: int = 1) -> Invitation:
    with world.in_tenant():
        return Invitation.objects.get(place=place)


def test_each_gets_a_mail_of_their_own_whose_link_is_answered_without_signing_in(
    world: Supervised,
    survey: Survey,
    queued: list[Any],
    client: Any,
    caplog: Any,
    capsys: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked = ask(world, survey, django_capture_on_commit_callbacks, mail_1=ADDRESS, mail_2=OTHER)
    assert asked.status_code == 302
    invitations = [row(world, 1), row(world, 2)]
    assert [pk for pk, _schema in queued] == [str(one.pk) for one in invitations]
    assert {schema for _pk, schema in queued} == {world.tenant.schema_name}
    assert ADDRESS.encode() not in bytes(invitations[0].mail_encrypted)
    with world.in_tenant():
        assert decrypt(bytes(invitations[0].mail_encrypted)) == ADDRESS
    for pk, _schema in [*queued, queued[0]]:
        run(world, pk)
    assert [message.to for message in mail.outbox] == [[ADDRESS], [OTHER]]
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert "prosi o opinię" in text and not re.search(r"Łącka|Helena|D/\d|U/7", text)
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)
    token = link.rstrip("/").rsplit("/", 1)[-1]
    after = row(world)
    assert (after.mailing, after.mail_encrypted) == ("sent", None)
    assert "wysłany e-mailem" in world.get("director", "survey", pk=survey.pk).content.decode()
    assert client.post(link, {"answer_0": "5"}).status_code == 302
    assert row(world).state == "used"
    with world.in_tenant():
        entry = Entry.objects.get(verb="mail_survey_links")
    out, err = capsys.readouterr()
    logged = f"{caplog.text} {out} {err} {entry.payload}"
    for secret in (ADDRESS, OTHER, token):
        assert secret not in logged


def test_what_was_answered_closed_or_over_is_not_mailed(
    world: Supervised, survey: Survey, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    ask(world, survey, django_capture_on_commit_callbacks, mail_1=ADDRESS, mail_2=OTHER)
    with world.in_tenant():
        actions.answer_survey(Invitation.objects.get(place=1), [5, None, None], channel="paper", actor=ACTOR)
        assert not Invitation.objects.filter(place=1, mail_encrypted__isnull=False).exists()
        actions.close_survey(survey, actor=ACTOR)
        assert not Invitation.objects.filter(mail_encrypted__isnull=False).exists()
    for pk, _schema in queued:
        run(world, pk)
    assert mail.outbox == []
    assert world.get("director", "mail_survey_links", pk=survey.pk).status_code == 302


def test_a_server_that_is_away_is_tried_again_and_a_refused_address_is_told(
    world: Supervised,
    survey: Survey,
    queued: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    ask(world, survey, django_capture_on_commit_callbacks, mail_1=ADDRESS)
    [(pk, _schema)] = queued

    def fail(error: Exception) -> Any:
        def send(*_args: Any, **_kwargs: Any) -> None:
            raise error

        return send

    for error in (OSError("away"), SMTPRecipientsRefused({ADDRESS: (450, b"later")})):
        monkeypatch.setattr("accounts.mailing.EmailMessage.send", fail(error))
        with pytest.raises((OSError, SMTPRecipientsRefused)):
            run(world, pk)
        assert row(world).mailing == "waiting" and row(world).token_sha256 == ""
    # The clock hands over what still waits.
    assert mail_waiting_links() == 1
    refused = SMTPRecipientsRefused({ADDRESS: (550, b"never")})
    monkeypatch.setattr("accounts.mailing.EmailMessage.send", fail(refused))
    run(world, pk)
    after = row(world)
    assert (after.mailing, after.mail_encrypted, after.token_sha256) == ("refused", None, "")
    assert "adres odrzucony" in world.get("director", "survey", pk=survey.pk).content.decode()


@pytest.mark.parametrize("typed", [{}, {"mail_1": "bez małpy"}, {"mail_1": "a@b@c"}, {"mail_99": ADDRESS}])
def test_bad_addresses_are_refused(
    world: Supervised,
    survey: Survey,
    queued: list[Any],
    typed: dict[str, str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    assert ask(world, survey, django_capture_on_commit_callbacks, **typed).status_code == 422
    assert queued == []


def test_only_who_runs_surveys_mails(world: Supervised, survey: Survey) -> None:
    for who in ("ngo", "social_worker"):
        assert world.get(who, "mail_survey_links", pk=survey.pk).status_code == 403


def test_the_database_keeps_an_address_only_while_it_waits(world: Supervised, survey: Survey) -> None:
    with world.in_tenant():
        for fields in ({"mail_encrypted": b"x"}, {"mailing": "waiting"}, {"mailing": "x"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Invitation.objects.update(**fields)
