"""Questions: asked by bidders, answered in public, the asker shown to nobody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from audit.models import Entry
from contracting.tenders import tasks
from contracting.tenders.models import Question
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import published_call, set_deadline_back
from tests.factories.people import partner

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


@pytest.fixture
def call(alfa: Tenant) -> Any:
    with tenant_scope(alfa):
        return published_call()


@pytest.fixture
def asker(sign_in: SignIn, alfa: Tenant) -> Client:
    with public_scope():
        organisation = partner(alfa, name="Fundacja Pytająca")
    client = sign_in("ngo_coordinator", alfa, organisation)
    client.user.full_name = "Wanda Ciekawska"  # type: ignore[attr-defined]
    client.user.save()  # type: ignore[attr-defined]
    client.organisation = organisation  # type: ignore[attr-defined]
    return client


def ask(client: Any, call: Any, text: str = "Czy w soboty?") -> Any:
    return client.post(
        f"/alfa/calls/{call.pk}/questions/ask/", {"text": text, "organisation": client.organisation.pk}
    )


def test_question_and_answer_are_public_and_the_asker_is_hidden_everywhere(
    sign_in: SignIn, alfa: Tenant, call: Any, asker: Client
) -> None:
    assert ask(asker, call).status_code == 302
    director = sign_in("director", alfa)
    unit = director.get(f"/alfa/calls/{call.pk}/questions/").content.decode()
    assert "Czy w soboty?" in unit
    assert "Czy w soboty?" not in Client().get(f"/alfa/board/{call.pk}/").content.decode()
    with tenant_scope(alfa):
        question = Question.objects.get()
    answer = director.post(f"/alfa/calls/{call.pk}/questions/{question.pk}/", {"answer": "Tak, w soboty."})
    assert answer.status_code == 302
    public = Client().get(f"/alfa/board/{call.pk}/").content.decode()
    assert "Czy w soboty?" in public
    assert "Tak, w soboty." in public
    record = director.get("/alfa/audit/")
    pages = [
        unit,
        public,
        director.get(f"/alfa/calls/{call.pk}/questions/").content.decode(),
        director.get(f"/alfa/calls/{call.pk}/questions/{question.pk}/").content.decode(),
        # Its filter offers everybody who has a role in the tenant; what it lists names nobody.
        re.sub(r'<select name="who".*?</select>', "", record.content.decode(), flags=re.S),
        Client().get("/alfa/board/feed.json").content.decode(),
        Client().get("/alfa/board/ocds.json").content.decode(),
    ]
    with tenant_scope(alfa):
        entries = list(Entry.objects.filter(verb__in=["ask_question", "answer_question"]))
    pages.append(str([(one.actor_label, one.payload) for one in entries if one.verb == "ask_question"]))
    user, organisation = asker.user, asker.organisation  # type: ignore[attr-defined]
    assert "ask_question" in {entry.verb for entry in record.context["page"]}
    hers = director.get(f"/alfa/audit/?who={user.pk}").context["page"]
    assert "ask_question" not in {entry.verb for entry in hers}, "nor is she found by what she did"
    for mark in ("Ciekawska", "Pytająca", user.email, str(user.pk), str(organisation.pk)):
        assert [page for page in pages if mark in page] == [], mark


def test_whoever_asked_gets_one_mail_that_names_nobody(
    sign_in: SignIn, alfa: Tenant, call: Any, asker: Client
) -> None:
    ask(asker, call)
    with tenant_scope(alfa):
        question = Question.objects.get()
        tasks.notify_answer(str(question.pk))
        assert mail.outbox == []
    sign_in("director", alfa).post(f"/alfa/calls/{call.pk}/questions/{question.pk}/", {"answer": "Tak."})
    with tenant_scope(alfa):
        for _again in range(2):
            tasks.notify_answer(str(question.pk))
    assert [message.to for message in mail.outbox] == [[asker.user.email]]  # type: ignore[attr-defined]
    assert "Tak." not in mail.outbox[0].body


def test_an_answer_is_given_once(sign_in: SignIn, alfa: Tenant, call: Any, asker: Client) -> None:
    ask(asker, call)
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        question = Question.objects.get()
    address = f"/alfa/calls/{call.pk}/questions/{question.pk}/"
    assert director.post(address, {"answer": "Tak."}).status_code == 302
    assert director.post(address, {"answer": "Nie."}).status_code == 422
    with tenant_scope(alfa):
        question.refresh_from_db()
    assert question.answer == "Tak."


def test_questions_end_with_the_deadline(alfa: Tenant, call: Any, asker: Client) -> None:
    with tenant_scope(alfa):
        set_deadline_back(call)
    answer = ask(asker, call)
    assert answer.status_code == 422
    assert "Pytania przyjmuje się do terminu" in answer.content.decode()


def test_another_bidder_does_not_see_what_is_not_answered(
    sign_in: SignIn, alfa: Tenant, call: Any, asker: Client
) -> None:
    ask(asker, call)
    with public_scope():
        rival = sign_in("ngo_coordinator", alfa, partner(alfa))
    address = f"/alfa/calls/{call.pk}/questions/"
    assert "Czy w soboty?" not in rival.get(address).content.decode()
    assert "Czy w soboty?" in asker.get(address).content.decode()


def test_nobody_asks_for_an_organisation_that_is_not_theirs(alfa: Tenant, call: Any, asker: Client) -> None:
    with public_scope():
        other = partner(alfa)
    answer = asker.post(f"/alfa/calls/{call.pk}/questions/ask/", {"text": "Czy?", "organisation": other.pk})
    assert answer.status_code == 422
    with tenant_scope(alfa):
        assert not Question.objects.exists()
