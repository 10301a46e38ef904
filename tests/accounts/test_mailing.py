"""Mails to several people: one address that fails neither keeps the others from theirs nor doubles it."""

from collections import Counter
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from accounts.mailing import mail_people
from accounts.models import User
from tests.factories.people import UserFactory

failing: dict[str, Exception] = {}
arrived: Counter[str] = Counter()


class Backend(BaseEmailBackend):
    """A mail server that fails for the addresses of failing."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            [address] = message.to
            if address in failing:
                raise failing[address]
            arrived[address] += 1
        return len(messages)


@pytest.fixture
def people(db: None, settings: Any) -> list[User]:
    settings.EMAIL_BACKEND = f"{__name__}.Backend"
    failing.clear()
    arrived.clear()
    return [UserFactory() for _each in range(3)]


def send(people: list[User]) -> int:
    return mail_people(people, "field/mail/urgent", {"tenant": None}, path="/x/")


def refused(code: int, address: str) -> SMTPException:
    return SMTPRecipientsRefused({address: (code, b"no")})


@pytest.mark.parametrize("kind", ["refused", "data"])
def test_a_second_try_reaches_only_whom_the_first_did_not(people: list[User], kind: str) -> None:
    first, later, last = (person.email for person in people)
    failing[later] = refused(450, later) if kind == "refused" else SMTPDataError(451, b"later")
    for _try in range(2):
        with pytest.raises(SMTPException):
            send(people)
    assert arrived == {first: 1, last: 1}
    failing.clear()
    assert send(people) == 3
    assert arrived == {first: 1, later: 1, last: 1}


def test_the_same_words_are_another_mail_once_everybody_has_had_them(people: list[User]) -> None:
    assert (send(people), send(people)) == (3, 3)
    assert set(arrived.values()) == {2}


def test_an_address_that_is_refused_for_good_holds_up_nobody(people: list[User]) -> None:
    failing[people[0].email] = refused(550, people[0].email)
    assert send(people) == 2
    assert arrived == {person.email: 1 for person in people[1:]}


def test_a_server_that_goes_away_in_the_middle_is_not_asked_for_the_rest(people: list[User]) -> None:
    failing[people[1].email] = SMTPServerDisconnected("away")
    with pytest.raises(SMTPServerDisconnected):
        send(people)
    assert arrived == {people[0].email: 1}
    failing.clear()
    assert send(people) == 3
    assert set(arrived.values()) == {1}
