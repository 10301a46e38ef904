"""Versions of a standard through HTTP: drafted, written, published for good."""

from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning import actions
from contracting.commissioning.models import StandardVersion
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import ACTOR, make_draft, make_standard
from tests.factories.people import partner

SECTIONS = {code: f"Tekst {code}" for code in StandardVersion.Section.values}


@pytest.fixture
def service(in_alfa: Any) -> Any:
    return ServiceFactory()


def test_a_draft_is_written_and_published_once_and_for_all(service: Any, in_alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", in_alfa)
    base = f"/alfa/services/{service.pk}/standards/"
    answer = client.post(f"{base}draft/")
    with tenant_scope(in_alfa):
        draft = StandardVersion.objects.get()
    assert answer.url == f"{base}{draft.pk}/edit/"
    page = f"{base}{draft.pk}/"
    assert client.post(f"{page}publish/", {"valid_from": "2026-01-01"}).status_code == 422
    seen = client.get(f"{page}edit/").context["form"].initial["seen"]
    half = {"definition": "Czym jest", "seen": seen}
    assert client.post(f"{page}edit/", half).status_code == 302
    assert client.post(f"{page}edit/", half).status_code == 409
    refused = client.post(f"{page}publish/", {"valid_from": "2026-01-01"})
    assert refused.status_code == 422
    assert len(refused.context["form"].non_field_errors()) == len(SECTIONS) - 1
    assert client.post(f"{page}edit/", SECTIONS).status_code == 302
    assert client.post(f"{page}publish/", {"valid_from": "2026-01-01"}).status_code == 302
    assert client.post(f"{page}publish/", {"valid_from": "2026-02-01"}).status_code == 422
    assert client.post(f"{page}edit/", {"definition": "Inaczej"}).status_code == 422
    assert client.get(f"{page}edit/").url == page
    with tenant_scope(in_alfa):
        version = StandardVersion.objects.get()
        assert version.is_published and version.sections == SECTIONS
        assert version.published_by_name == client.user.full_name
        verbs = list(Entry.objects.values_list("verb", flat=True))
        assert verbs == ["draft_standard", "edit_standard", "edit_standard", "publish_standard"]


def test_the_next_draft_begins_with_the_last_texts_and_there_is_one_at_a_time(
    service: Any, in_alfa: Any, sign_in: Any
) -> None:
    make_standard(service)
    draft = actions.draft_standard(service, actor=ACTOR)
    assert (draft.version, draft.sections["goals"]) == (2, "Opis")
    with pytest.raises(DomainError):
        actions.draft_standard(service, actor=ACTOR)
    client = sign_in("coordinator", in_alfa)
    answer = client.post(f"/alfa/services/{service.pk}/standards/draft/", follow=True)
    assert "ma już projekt standardu" in answer.content.decode()
    with tenant_scope(in_alfa):
        assert StandardVersion.objects.count() == 2


def test_versions_are_valid_one_after_the_other(service: Any) -> None:
    first = make_standard(service)
    draft = actions.draft_standard(service, actor=ACTOR)
    with pytest.raises(DomainError) as refusal:
        actions.publish_standard(draft, valid_from=first.valid_from, actor=ACTOR)
    assert (refusal.value.code, refusal.value.field) == ("valid_from_too_early", "valid_from")


def test_only_the_director_publishes(service: Any, in_alfa: Any, sign_in: Any) -> None:
    draft = make_draft(service)
    client = sign_in("coordinator", in_alfa)
    page = f"/alfa/services/{service.pk}/standards/{draft.pk}/"
    assert client.get(page).status_code == 200
    assert client.post(f"{page}publish/", {"valid_from": "2026-01-01"}).status_code == 403


def test_organisations_read_what_is_published(service: Any, in_alfa: Any, sign_in: Any) -> None:
    published, draft = make_standard(service), make_draft(service)
    client = sign_in("ngo_coordinator", in_alfa, partner(in_alfa))
    base = f"/alfa/services/{service.pk}/standards/"
    assert [version.pk for version in client.get(base).context["versions"]] == [published.pk]
    assert client.get(f"{base}{published.pk}/").status_code == 200
    assert client.get(f"{base}{draft.pk}/").status_code == 404
    assert client.post(f"{base}draft/").status_code == 403


def test_a_version_belongs_to_its_service(service: Any, in_alfa: Any, sign_in: Any) -> None:
    other = make_standard(ServiceFactory(code="advice", name="Poradnictwo"))
    client = sign_in("director", in_alfa)
    assert client.get(f"/alfa/services/{service.pk}/standards/{other.pk}/").status_code == 404
