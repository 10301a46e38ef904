"""The protocol of the committee: what it says, its versions, who signed, and that the results rest on it."""

import io
import re
from typing import Any
from unittest import mock

import pytest
from django.utils import translation
from django.utils.text import slugify
from pypdf import PdfReader

from contracting.tenders.actions import deciding
from contracting.tenders.actions.committees import release_seat
from contracting.tenders.actions.deciding import decide_offers
from contracting.tenders.actions.opinions import Opinion
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.models import Call, Protocol, Score, Seat
from documents.actions import open_file
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, let_director_declare
from tests.contracting.tenders.outcomes_world import adopt, build_scored, decisions, note_all, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_scored(alfa)


def pdf_of(protocol: Protocol) -> tuple[bytes, PdfReader, str]:
    with open_file(protocol.stored) as file:
        content = file.read()
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(one.extract_text() for one in reader.pages)
    return content, reader, re.sub(r"\s+", " ", text)


def test_the_protocol_is_a_tagged_pdf_that_says_everything(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world, o2=Opinion("reserve", None, "poczekać na środki"))
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[2].pk).update(nominated_by="executive")
        with translation.override("en"):
            protocol = compose_protocol(world.call, actor=world.actor(0))
        content, reader, text = pdf_of(protocol)
        root: Any = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert root["/Lang"] == "pl"
        assert b"pdfuaid" in content
        expected = [
            "Protokół z prac komisji konkursowej", "K/1/2026", "Z/12/2026", "Kworum", "żadna organizacja nikogo nie wskazała",
            "Brak statutu", "odrzucona formalnie", "poczekać na środki", "Ustalono po rozmowie: różne wagi", "91,42", "78,45",
            *(f"Członek {place}" for place in (1, 2, 3)),
            *(f"Fundacja Jodła {place}" for place in (1, 2, 3, 4)),
            *(f"Powód członka {place}: {criterion}" for place in (1, 2, 3) for criterion in ("Koncepcja usługi", "Kadra")),
        ]  # fmt: skip
        missing = [words for words in expected if words not in text]
        assert missing == []
        # All points of all members are there: as many reasons as scores.
        assert len(re.findall(r"Powód członka \d: ", text)) == Score.objects.count()


def test_the_same_facts_give_the_same_protocol_and_a_change_a_new_version(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        first = compose_protocol(world.call, actor=world.actor(0))
        again = compose_protocol(world.call, actor=world.actor(1))
        assert again.pk == first.pk
        before, _reader, _text = pdf_of(first)
    adopt(world, o2=Opinion("refused", None, "zbyt drogo"))
    with tenant_scope(world.tenant):
        second = compose_protocol(world.call, actor=world.actor(0))
        assert (second.version, second.sha256 != first.sha256) == (2, True)
        assert "zbyt drogo" in pdf_of(second)[2]
        assert pdf_of(first)[0] == before
        with pytest.raises(DomainError) as caught:
            register_signature(first, world.seat(0), signed=True, actor=world.actor(0))
        assert caught.value.code == "not_newest"
    client = world.client(world.people[0])
    address = world.url("protocols", second, "sign")
    seat = str(world.seat(1).pk)
    assert client.post(address, {"seat": seat, "signed": "no", "remark": ""}).status_code == 422
    assert client.post(address, {"seat": seat, "signed": "no", "remark": "zdanie odrębne"}).status_code == 302
    assert client.post(address, {"seat": seat, "signed": "yes"}).status_code == 422
    assert "zdanie odrębne" in page(world, world.url("protocol"))
    answer = client.get(world.url("protocols", second, "pdf"))
    assert answer.content.startswith(b"%PDF")
    with tenant_scope(world.tenant):
        number = slugify(Call.objects.get().number)
    assert f'filename="protokol-{number}-2.pdf"' in answer.headers["Content-Disposition"]


def test_results_rest_on_a_protocol_that_says_what_stands(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    let_director_declare(world)
    client, address = world.client(world.director), world.url("decision/publish")

    def publish() -> tuple[int, str]:
        answer = client.post(address)
        return answer.status_code, answer.content.decode()

    def state() -> str:
        with tenant_scope(world.tenant):
            return str(Call.objects.get(pk=world.call.pk).state)

    with tenant_scope(world.tenant):
        decide_offers(world.call, decisions(world), actor=world.director_actor)
    with mock.patch.object(deciding, "require_lawful"):
        status, html = publish()
        assert (status, "Komisja nie ma jeszcze protokołu" in html) == (422, True)
        third = world.seat(2)
        with tenant_scope(world.tenant):
            compose_protocol(world.call, actor=world.actor())
            release_seat(third, reason="choroba", actor=world.director_actor)
        status, html = publish()
        assert (status, "Po sporządzeniu wersji 1 protokołu coś się zmieniło" in html) == (422, True)
        assert state() == "opened"
        with tenant_scope(world.tenant):
            assert compose_protocol(world.call, actor=world.actor()).version == 2
        assert publish()[0] == 302
        assert state() == "decided"
