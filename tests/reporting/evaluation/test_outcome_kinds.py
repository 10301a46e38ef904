"""The tenant's dictionary of outcomes: what it begins with, its own entries, retiring, and what outcomes keep of them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from pypdf import PdfReader

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import Cycle
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.evaluation.actions.outcomes import save_outcome
from reporting.evaluation.models import Evaluation, EvaluationQuestion, OutcomeIndicator, OutcomeKind
from reporting.evaluation.queries.outcomes import kinds_in_dictionary
from tenants.models import Tenant
from tests.factories.commissioning import make_cycle, put_at
from tests.reporting.evaluation.test_evaluating import words

KINDS = "/alfa/evaluation/kinds/"
TYPED = {
    "name": "osoby, które wróciły do domu",
    "unit": "persons",
    "method": "Wypisy ze szpitala i oświadczenia rodzin.",
    "direction": "at_least",
    "source": "Zarządzenie 12/2026",
}
OUTCOME = {"name": "Powroty", "target": "30", "result_part": "29", "result_whole": "81", "spent": "2900"}


@pytest.fixture
def client(alfa: Tenant, sign_in: Callable[..., Any]) -> Any:
    return sign_in("director", alfa)


@pytest.fixture
def cycle(alfa: Tenant) -> Cycle:
    with tenant_scope(alfa):
        return put_at(
            make_cycle(period_from=date(2026, 1, 1), period_to=date(2026, 12, 31)), steps.EVALUATION
        )


def added(client: Any, alfa: Tenant, **changes: str) -> OutcomeKind:
    assert client.post(KINDS + "add/", TYPED | changes).status_code == 302
    with tenant_scope(alfa):
        kind: OutcomeKind = OutcomeKind.objects.get(name=(TYPED | changes)["name"])
        return kind


def counted(client: Any, cycle: Cycle, kind: OutcomeKind, **changes: str) -> Any:
    address = f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/"
    return client.post(address, OUTCOME | {"kind": str(kind.pk)} | changes)


def test_a_tenant_begins_with_those_of_the_pilots_and_their_source(client: Any) -> None:
    page = words(client.get(KINDS))
    assert "osoby, które podjęły zatrudnienie osoby Osoby, które w okresie cyklu podjęły pracę" in page
    assert "Sprawozdania z pilotażu standardów usług 2012–2013" in page
    assert "świadczenia wypłacone wobec planu złote" in page and "co najwyżej" in page
    assert page.count("✓ w użyciu") == 6


def test_an_entry_of_ones_own_is_counted_in_outcomes_report_and_cost(
    client: Any, alfa: Tenant, cycle: Cycle
) -> None:
    kind = added(client, alfa)
    assert counted(client, cycle, kind).status_code == 302
    page = words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "Powroty osoby, które wróciły do domu (osoby)" in page
    assert "co najmniej 30 %" in page, "the direction of the dictionary"
    assert "35,8 % (29 / 81)" in page and "100,00 zł" in page
    with tenant_scope(alfa):
        made = Evaluation.objects.create(
            cycle=cycle, title="Końcowa", kind="final", due_on=date(2026, 12, 1), summary="Dobrze."
        )
        EvaluationQuestion.objects.create(
            evaluation=made, position=1, question="Ilu?", technique="figures", finding="Tylu"
        )
    assert client.post(f"/alfa/evaluation/{made.pk}/finish/").status_code == 302
    # Words that change later leave what was finished as it was.
    seen = client.get(f"{KINDS}{kind.pk}/").context["form"]["seen"].value()
    renamed = TYPED | {"name": "osoby po powrocie", "seen": seen}
    assert client.post(f"{KINDS}{kind.pk}/", renamed).status_code == 302
    assert "osoby po powrocie (osoby)" in words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    finished = words(client.get(f"/alfa/evaluation/{made.pk}/"))
    assert "osoby, które wróciły do domu (osoby)" in finished and "Zmieniło się: rezultaty cyklu" in finished
    report = " ".join(
        page.extract_text()
        for page in PdfReader(BytesIO(client.get(f"/alfa/evaluation/{made.pk}/pdf/").content)).pages
    )
    assert "osoby, które wróciły do domu" in " ".join(report.split())


def test_money_is_an_outcome_against_its_plan_and_has_no_cost(
    client: Any, alfa: Tenant, cycle: Cycle
) -> None:
    kind = added(client, alfa, name="zasiłki celowe", unit="money", direction="at_most")
    counted(client, cycle, kind, result_part="83,36", result_whole="100", target="100")
    page = words(client.get(f"/alfa/evaluation/cycles/{cycle.pk}/"))
    assert "co najwyżej 100 %" in page and "−16,6 % wobec planu" in page and "83,36 zł / 100,00 zł" in page


def test_a_used_entry_is_retired_not_removed_and_keeps_its_unit(
    client: Any, alfa: Tenant, cycle: Cycle
) -> None:
    kind = added(client, alfa)
    counted(client, cycle, kind)
    refused = client.post(f"{KINDS}{kind.pk}/remove/")
    assert refused.status_code == 422 and "Możesz ją wycofać." in words(refused)
    changed = client.post(f"{KINDS}{kind.pk}/", TYPED | {"unit": "hours", "method": "Inaczej"})
    assert changed.status_code == 422 and "jednostka zostaje" in changed.context["form"].errors["unit"][0]
    assert changed.context["form"]["method"].value() == "Inaczej"
    with tenant_scope(alfa), pytest.raises(ProtectedError):
        kind.delete()
    assert client.post(f"{KINDS}{kind.pk}/retire/").status_code == 302
    assert "wycofana" in words(client.get(KINDS))
    # The outcome that has it keeps it and can be changed; a new one cannot take it.
    with tenant_scope(alfa):
        outcome = OutcomeIndicator.objects.get()
    again = OUTCOME | {"kind": str(kind.pk), "name": "Powroty do domu"}
    assert client.post(f"/alfa/evaluation/outcomes/{outcome.pk}/", again).status_code == 302
    assert counted(client, cycle, kind, name="Inne").status_code == 422
    assert client.post(f"{KINDS}{kind.pk}/restore/").status_code == 302
    assert counted(client, cycle, kind, name="Inne").status_code == 302


def test_what_was_retired_while_the_form_was_open_is_refused(alfa: Tenant, client: Any, cycle: Cycle) -> None:
    """The page offers what is in use; the verb refuses all the same."""
    kind = added(client, alfa)
    client.post(f"{KINDS}{kind.pk}/retire/")
    values = {"kind": kind, "name": "Powroty", "direction": "at_least", "target": 30}
    with tenant_scope(alfa), pytest.raises(DomainError) as refused:
        save_outcome(cycle, None, values, actor=Actor.system("tests"))
    assert refused.value.code == "kind_retired"
    assert refused.value.problems[0].field == "kind"


def test_an_unused_entry_is_removed_and_each_verb_stands_in_the_record(client: Any, alfa: Tenant) -> None:
    kind = added(client, alfa)
    for verb in ("retire", "retire", "restore", "restore", "remove"):
        assert client.get(f"{KINDS}{kind.pk}/{verb}/").status_code == 200
        assert client.post(f"{KINDS}{kind.pk}/{verb}/").status_code == 302
    with tenant_scope(alfa):
        noted = Entry.objects.filter(subject_type="outcome_kind").order_by("pk")
        assert sorted(noted.values_list("verb", flat=True)) == sorted(
            ["add_outcome_kind", "retire_outcome_kind", "restore_outcome_kind", "remove_outcome_kind"]
        )
        assert noted.get(verb="remove_outcome_kind").payload["before"] == TYPED
    assert client.get(f"{KINDS}{kind.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": "OSOBY, które podjęły zatrudnienie"}, "__all__", "Słownik ma już pozycję o tej nazwie."),
        ({"method": ""}, "method", "Uzupełnij"),
        ({"unit": "tony"}, "unit", "nie ma na liście"),
    ],
)
def test_a_wrong_entry_is_refused_and_keeps_what_was_typed(
    client: Any, changes: dict[str, str], field: str, said: str
) -> None:
    refused = client.post(KINDS + "add/", TYPED | changes)
    assert refused.status_code == 422 and said in refused.context["form"].errors[field][0]
    assert refused.context["form"]["source"].value() == TYPED["source"]


def test_the_later_of_two_learns_of_the_earlier(client: Any, alfa: Tenant) -> None:
    kind = added(client, alfa)
    address = f"{KINDS}{kind.pk}/"
    seen = {"seen": client.get(address).context["form"]["seen"].value()}
    assert client.post(address, TYPED | {"method": "Wypisy"} | seen).status_code == 302
    assert client.post(address, TYPED | {"method": "Inaczej"} | seen).status_code == 409


def test_who_reads_cycles_reads_the_dictionary_and_does_not_write_it(
    alfa: Tenant, sign_in: Callable[..., Any]
) -> None:
    reader = sign_in("inspector", alfa)
    page = reader.get(KINDS)
    assert page.status_code == 200 and "Dodaj pozycję" not in words(page)
    assert reader.post(KINDS + "add/", TYPED).status_code == 403
    assert sign_in("coordinator", alfa).post(KINDS + "add/", TYPED).status_code == 302


def test_the_database_keeps_what_an_outcome_counts(alfa: Tenant, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        for wrong in ({"unit": "tony"}, {"method": ""}, {"direction": "up"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                OutcomeKind.objects.create(**TYPED | wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            OutcomeIndicator.objects.create(cycle=cycle, name="Bez niczego", target=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            OutcomeKind.objects.create(**TYPED | {"name": "Inny Rezultat"})


def test_the_dictionary_is_read_in_one_question(alfa: Tenant, django_assert_num_queries: Any) -> None:
    with tenant_scope(alfa):
        for number in range(3):
            OutcomeKind.objects.create(**TYPED | {"name": f"osoby {number}"})
        with django_assert_num_queries(1):
            assert len(kinds_in_dictionary()) == 9
