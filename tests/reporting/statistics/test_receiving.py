"""A batch is taken once, in turn, signed, of a period that is over; what is doubtful in it waits for its tenant."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import DomainError
from kernel.signing import holds, new_pair, sign
from kernel.tenancy import tenant_scope
from reporting.statistics.actions.receiving import receive
from reporting.statistics.actions.reviewing import confirm_held
from reporting.statistics.batches.document import NotADocument, digest_of, read, write
from reporting.statistics.batches.figures import Collected, Figure
from reporting.statistics.models import Fact, FactsBatch, HeldFact, PushConsent, SigningKey
from tenants.models import Tenant
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER, quarter_of, results, signed

pytestmark = pytest.mark.django_db


def _bring(tenant: Tenant, text: str, signature: str | None = None) -> FactsBatch:
    return receive(tenant, text, signature or signed(tenant, text), actor=ACTOR)


def _refused(tenant: Tenant, text: str, signature: str | None = None) -> str:
    before = (FactsBatch.objects.count(), Fact.objects.count())
    with pytest.raises(DomainError) as refusal:
        _bring(tenant, text, signature)
    assert (FactsBatch.objects.count(), Fact.objects.count()) == before
    assert str(refusal.value.message)
    return refusal.value.code


def _current(tenant: Tenant) -> dict[str, Decimal]:
    rows = Fact.objects.current().filter(tenant=tenant, indicator="results")
    return dict(rows.values_list("category", "numerator"))


def test_a_signed_batch_is_taken_and_kept_as_it_was_signed(alfa: Tenant) -> None:
    text = quarter_of(alfa, results(3), results(1, "publication"))
    batch = _bring(alfa, text)
    batch.refresh_from_db()
    assert _current(alfa) == {"event": 3, "publication": 1}
    assert (batch.document, batch.content_sha256) == (text, digest_of(text))
    assert holds(batch.key.public_key, batch.document, batch.signature)
    assert (batch.voivodeship_id, batch.territory_id) == ("32", "3210013")


def test_the_same_batch_a_second_time_changes_nothing(alfa: Tenant) -> None:
    text = quarter_of(alfa, results(3))
    assert _bring(alfa, text).pk == _bring(alfa, text).pk
    assert FactsBatch.objects.filter(tenant=alfa).count() == 1
    assert Fact.objects.filter(tenant=alfa).count() == 1


def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(alfa: Tenant) -> None:
    first = _bring(alfa, quarter_of(alfa, results(3)))
    second = _bring(alfa, quarter_of(alfa, results(4)))
    assert (second.version, second.previous_sha256) == (2, first.content_sha256)
    assert _current(alfa) == {"event": 4}
    assert Fact.objects.get(batch=first).numerator == 3
    assert read(FactsBatch.objects.get(pk=first.pk).document).content.figures == (results(3),)


def test_a_version_out_of_turn_is_refused(alfa: Tenant) -> None:
    old = quarter_of(alfa, results(3))
    assert _refused(alfa, quarter_of(alfa, results(3), version=2, previous="0" * 64)) == "out_of_turn"
    first = _bring(alfa, old)
    _bring(alfa, quarter_of(alfa, results(4)))
    assert _refused(alfa, old) == "out_of_turn"
    assert _refused(alfa, quarter_of(alfa, results(5), version=4)) == "out_of_turn"
    # The right number after the wrong batch.
    assert _refused(alfa, quarter_of(alfa, results(5), previous=first.content_sha256)) == "out_of_turn"
    assert _current(alfa) == {"event": 4}


def test_a_wrong_signature_is_refused(alfa: Tenant, beta: Tenant) -> None:
    text = quarter_of(alfa, results(3))
    changed = text.replace('"numerator":"3"', '"numerator":"8"')
    assert changed != text
    stranger, _public = new_pair()
    for signature in (signed(beta, text), sign(stranger, text), "", "zz", "0" * 128):
        assert _refused(alfa, text, signature or "-") == "signature_wrong"
    assert _refused(alfa, changed, signed(alfa, text)) == "signature_wrong"


def test_a_retired_key_signs_nothing_any_more_and_what_it_signed_still_holds(alfa: Tenant) -> None:
    batch = _bring(alfa, quarter_of(alfa, results(3)))
    text = quarter_of(alfa, results(4))
    signature = signed(alfa, text)
    SigningKey.objects.filter(tenant=alfa).update(retired_at=timezone.now())
    assert _refused(alfa, text, signature) == "signature_wrong"
    assert holds(batch.key.public_key, batch.document, batch.signature)


def test_a_batch_of_another_tenant_is_refused(alfa: Tenant, beta: Tenant) -> None:
    assert _refused(alfa, quarter_of(beta, results(3))) == "wrong_tenant"


def test_a_tenant_that_does_not_send_is_refused(alfa: Tenant) -> None:
    text = quarter_of(alfa, results(3))
    assert _refused(alfa, quarter_of(alfa, results(3), edition=2)) == "not_sending"
    Tenant.objects.filter(pk=alfa.pk).update(state="suspended", suspension_reason="próba")
    assert _refused(alfa, text) == "not_sending"
    Tenant.objects.filter(pk=alfa.pk).update(state="active", suspension_reason="")
    PushConsent.objects.filter(tenant=alfa).delete()
    assert _refused(alfa, text) == "not_sending"


@pytest.mark.parametrize(
    ("figure", "header", "code"),
    [
        (results(3), {"period": date(2099, 1, 1)}, "period_not_over"),
        (results(3), {"period": date(2026, 8, 1)}, "no_such_period"),
        (results(3), {"kind": "week"}, "no_such_period"),
        (results(3), {"kind": "month"}, "version_not_in_force"),
        (Figure("results", Decimal(3), version=2), {}, "version_not_in_force"),
        (Figure("nonsense", Decimal(3)), {}, "version_not_in_force"),
        (results(3), {"period": date(2011, 10, 1)}, "version_not_in_force"),
        (results(3, "nonsense"), {}, "figure_out_of_place"),
        (Figure("results", Decimal(3), service="care"), {}, "figure_out_of_place"),
        (Figure("results", Decimal(3), Decimal(4)), {}, "figure_out_of_place"),
        (Figure("results", Decimal(3), None, 7), {}, "figure_out_of_place"),
        (results(3), {"territory": "9999999"}, "wrong_place"),
    ],
)
def test_what_the_dictionary_does_not_know_is_refused(
    alfa: Tenant, figure: Figure, header: dict[str, Any], code: str
) -> None:
    assert _refused(alfa, quarter_of(alfa, figure, **header)) == code


def test_a_figure_that_stands_twice_is_refused(alfa: Tenant) -> None:
    assert _refused(alfa, quarter_of(alfa, results(3), results(4))) == "figure_out_of_place"


def test_figures_of_a_month_that_is_not_accepted_are_refused(alfa: Tenant) -> None:
    care = Figure("care_persons", Decimal(7), None, 7)
    text = quarter_of(alfa, care, kind="month", period=date(2026, 10, 1))
    assert _refused(alfa, text) == "month_not_accepted"
    empty = quarter_of(alfa, kind="month", period=date(2026, 10, 1))
    assert _refused(alfa, empty) == "month_not_accepted"


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "1", "NaN", '{"format":"siedem-facts-1"}', "[" * 100_000, '{"format":1}'],
)
def test_what_is_no_document_is_refused(alfa: Tenant, text: str) -> None:
    with pytest.raises(NotADocument):
        read(text)
    assert _refused(alfa, text, "0" * 128) == "not_a_batch"


def test_only_the_canonical_form_is_signed(alfa: Tenant) -> None:
    text = quarter_of(alfa, results(3))
    for other in (
        json.dumps(json.loads(text)),
        text + " ",
        text.replace('"3"', "3"),
        text.replace('"3"', '"3.0"'),
    ):
        assert other != text
        assert _refused(alfa, other) == "not_a_batch"
    batch = read(text)
    assert write(batch.header, batch.content) == text


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("-1", "negative"),
        ("2001", "too_much"),
        ("1e30", "too_much"),
    ],
)
def test_numbers_that_cannot_be_are_held_and_the_others_published(
    alfa: Tenant, number: str, reason: str
) -> None:
    _bring(alfa, quarter_of(alfa, results(number), results(5, "publication")))
    held = HeldFact.objects.get()
    assert (held.reason, held.category, held.state) == (reason, "event", "waiting")
    assert _current(alfa) == {"publication": 5}
    # A correction takes its place, and nothing waits any more.
    _bring(alfa, quarter_of(alfa, results(6)))
    held.refresh_from_db()
    assert (held.state, _current(alfa)) == ("superseded", {"event": 6})


@pytest.mark.parametrize(
    ("persons", "reason"),
    [(-1, "negative"), (100_001, "too_much"), (2**31, "too_much"), (10**40, "too_much")],
)
def test_persons_that_cannot_be_are_held_and_so_many_are_never_confirmed(
    alfa: Tenant, persons: int, reason: str
) -> None:
    _bring(alfa, quarter_of(alfa, Figure("caseload", Decimal(36), Decimal(2), persons), results(5)))
    held = HeldFact.objects.get()
    assert (held.indicator, held.reason) == ("caseload", reason)
    assert _current(alfa) == {"event": 5}
    with tenant_scope(alfa):
        if persons == 100_001:
            assert confirm_held(held.pk, note="Policzone dwa razy", actor=ACTOR).state == "confirmed"
            assert Fact.objects.current().get(indicator="caseload").persons == persons
            return
        with pytest.raises(DomainError) as refused:
            confirm_held(held.pk, note="Tak ma być", actor=ACTOR)
    assert refused.value.code == "cannot_be_right"
    assert not Fact.objects.filter(indicator="caseload").exists()


@pytest.mark.parametrize("persons", [1.5, "7", True])
def test_persons_are_counted_in_whole_numbers(alfa: Tenant, persons: Any) -> None:
    text = quarter_of(alfa, Figure("caseload", Decimal(36), Decimal(2), persons))
    assert _refused(alfa, text) == "not_a_batch"


def test_a_number_that_no_column_holds_is_never_confirmed(alfa: Tenant) -> None:
    _bring(alfa, quarter_of(alfa, results("1e30")))
    with tenant_scope(alfa), pytest.raises(DomainError) as refused:
        confirm_held(HeldFact.objects.get().pk, note="Tak ma być", actor=ACTOR)
    assert refused.value.code == "cannot_be_right"


def test_more_minutes_than_a_month_has_are_held(alfa: Tenant) -> None:
    figures = [
        Figure("care_hours_delivered", Decimal(44_641), None, 1),
        Figure("care_hours_granted", Decimal(44_640), None, 1),
        Figure("care_fulfilment", Decimal(44_641), Decimal(20_000), 1),
    ]
    header = read(quarter_of(alfa, kind="month", period=date(2026, 10, 1))).header
    _bring(alfa, write(header, Collected(tuple(figures), 1, 1)))
    assert set(HeldFact.objects.values_list("indicator", "reason")) == {
        ("care_hours_delivered", "too_much"),
        ("care_fulfilment", "too_much"),
    }
    assert Fact.objects.current().get().indicator == "care_hours_granted"


def test_a_jump_against_the_tenants_own_history_is_held(alfa: Tenant) -> None:
    for month, number in ((1, 100), (4, 110)):
        _bring(alfa, quarter_of(alfa, _trained(number), period=date(2026, month, 1)))
    far = quarter_of(alfa, _trained(5000))
    # Two earlier periods are not enough to know what is usual.
    _bring(alfa, far)
    assert not HeldFact.objects.exists()
    _bring(alfa, quarter_of(alfa, _trained(90), period=date(2025, 10, 1)))
    _bring(alfa, quarter_of(alfa, _trained(5001)))
    held = HeldFact.objects.get()
    assert (held.reason, held.bound) == ("jump", "100")
    assert not Fact.objects.current().filter(period=THIRD_QUARTER).exists()


def _trained(number: int) -> Figure:
    return Figure("trained_specialists", Decimal(number))
