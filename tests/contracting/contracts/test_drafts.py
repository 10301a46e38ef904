"""From the award to the contract, through HTTP: the draft, its money, its paper, the two signatures."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from contracting.contracts import actions
from contracting.contracts.models import Contract, ContractDraft, NamedStaff, Signature
from contracting.contracts.papers import DEFAULT_TEMPLATE
from contracting.tenders.actions.reserves import give_up_award
from contracting.tenders.models import Call
from documents.models import StoredFile
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.agreements import ACTOR, granted_award, make_template, sent_for_signature

PROMISE = {
    "part": "replacement",
    "measure": "replacement_hours",
    "indicator": "Czas zastępstwa",
    "direction": "at_most",
    "value": "4",
    "unit": "h",
    "measured_by": "dziennik",
}


@pytest.fixture
def award(partners: Any) -> Any:
    with tenant_scope(partners.tenant):
        made = granted_award(partners.own, grant="100000.00", price="45.00")
        opened = made.offer.opened
        opened.content["promises"] = [PROMISE]
        opened.save()
        return made


def _started(partners: Any, award: Any, sign_in: Any) -> tuple[Any, ContractDraft]:
    client = sign_in("director", partners.tenant)
    answer = client.post(f"/alfa/contracts/to-sign/from-award/{award.pk}/")
    assert answer.status_code == 302
    with tenant_scope(partners.tenant):
        return client, ContractDraft.objects.get(award=award)


def _edit(draft: ContractDraft, seen: str, **changes: str) -> dict[str, str]:
    return {
        "number": "U/77/2027",
        "valid_from": "2027-01-01",
        "valid_to": "2027-12-31",
        "amount": "90000,00",
        "outside_grant": "",
        "price_per_hour": "45,00",
        "cap_minutes": "2000 h",
        "seen": seen,
        "tranches-TOTAL_FORMS": "1",
        "tranches-INITIAL_FORMS": "1",
        "tranches-0-year": "2027",
        "tranches-0-amount": "90000,00",
        "tranches-0-minutes": "2000 h",
        "commitments-TOTAL_FORMS": "1",
        "commitments-INITIAL_FORMS": "1",
        "commitments-0-indicator": "Czas zastępstwa",
        "commitments-0-direction": "at_most",
        "commitments-0-promised": "3,5",
        "commitments-0-unit": "h",
        "commitments-0-measure": "replacement_hours",
        "commitments-0-method": "dziennik",
        "commitments-0-part": "replacement",
        **changes,
    }


@pytest.fixture
def supported(partners: Any) -> Any:
    """An award of a call that supports: costs 125 000 zł for 2 500 h, of which 100 000 zł were asked and 80 000 granted."""
    with tenant_scope(partners.tenant):
        made = granted_award(partners.own, grant="100000.00", price="50.00", amount="80000.00")
        opened = made.offer.opened
        opened.total, opened.own_contribution, opened.minutes = Decimal(125_000), Decimal(25_000), 150_000
        opened.save()
        Call.objects.filter(pk=made.offer.call_id).update(kind="support", own_share_min=Decimal(5))
        return made


def test_the_money_of_a_supported_task_lasts_as_long_as_its_hours(
    partners: Any, supported: Any, sign_in: Any
) -> None:
    client, draft = _started(partners, supported, sign_in)
    assert (draft.outside_grant, draft.cap_minutes) == (Decimal("20000.00"), 120_000)
    page = client.get(f"/alfa/contracts/to-sign/{draft.pk}/").content.decode().replace("\xa0", " ")
    assert "20 000,00 zł wkładu własnego" in page
    client.post(f"/alfa/contracts/to-sign/{draft.pk}/document/", {"template": ""})
    paper = _text_of(client.get(f"/alfa/contracts/to-sign/{draft.pk}/document.docx").content)
    paper = paper.replace("\xa0", " ")
    assert "20 000,00 zł pokrywane spoza dotacji, w tym wkład własny Zleceniobiorcy: 20 000,00 zł." in paper
    assert "co najmniej 5 % kosztów zadania" in paper and "co najmniej 5 % kosztów zadania" in page


def test_the_paper_of_a_whole_grant_says_nothing_of_other_costs(
    partners: Any, award: Any, sign_in: Any
) -> None:
    client, draft = _started(partners, award, sign_in)
    client.post(f"/alfa/contracts/to-sign/{draft.pk}/document/", {"template": ""})
    assert "spoza dotacji" not in _text_of(
        client.get(f"/alfa/contracts/to-sign/{draft.pk}/document.docx").content
    )


def test_the_paper_names_both_sides_and_shares_of_full_time_as_people_write_them(
    partners: Any, award: Any, sign_in: Any
) -> None:
    with tenant_scope(partners.tenant):
        opened = award.offer.opened
        opened.content["staff"] = [
            {"name": "Ewa Jodła", "function": "opiekunka", "qualifications": [], "fte": "0.50"},
            {"name": "Jan Klon", "function": "koordynator", "qualifications": [], "fte": "1.00"},
        ]
        opened.save()
    client, draft = _started(partners, award, sign_in)
    page = client.get(f"/alfa/contracts/to-sign/{draft.pk}/").content.decode()
    assert ">0,50<" in page and ">1<" in page and "0.50" not in page
    client.post(f"/alfa/contracts/to-sign/{draft.pk}/document/", {"template": ""})
    paper = _text_of(client.get(f"/alfa/contracts/to-sign/{draft.pk}/document.docx").content)
    assert "0,50" in paper and "0.50" not in paper
    # Names stay in the nominative: no verb or adjective has to agree with a commune, an association or a foundation.
    assert f"Zlecający: {partners.tenant.name}" in paper and f"Zleceniobiorca: {partners.own.name}" in paper
    assert "zwanym" not in paper


def _seen(partners: Any, draft: ContractDraft) -> str:
    with tenant_scope(partners.tenant):
        return actions.draft_stamp(draft)


def test_a_draft_takes_over_what_was_offered_and_granted(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    with tenant_scope(partners.tenant):
        assert (draft.amount, draft.price_per_hour) == (Decimal("90000.00"), Decimal("45.00"))
        # 90 % of the grant was given: 90 % of the offered minutes are the cap.
        assert draft.cap_minutes == award.offer.opened.minutes * 9 // 10
        assert [(row.year, row.amount) for row in draft.tranches.all()] == [(2027, Decimal("90000.00"))]
        commitment = draft.commitments.get()
        assert (commitment.measure, commitment.direction, commitment.promised) == (
            "replacement_hours",
            "at_most",
            Decimal("4.00"),
        )
    page = client.get(f"/alfa/contracts/to-sign/{draft.pk}/").content.decode().replace("\xa0", " ")
    assert "Czas zastępstwa" in page and "90 000,00" in page and "Anna" in page


def test_an_award_is_drafted_once_even_by_two_people(
    partners: Any, award: Any, django_db_blocker: Any
) -> None:
    with tenant_scope(partners.tenant):
        actions.draft_contract(award, actor=ACTOR)
        with pytest.raises(DomainError) as refused:
            actions.draft_contract(award, actor=ACTOR)
    assert refused.value.code == "drafted_already"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tranches-0-amount": "89999,99"}, "0,01"),
        ({"tranches-0-year": "2028"}, "2028"),
        ({"valid_to": "2032-01-01"}, "31.12.2031"),
        ({"valid_to": "2026-12-31"}, "Koniec"),
        ({"amount": "90000,01", "tranches-0-amount": "90000,01"}, "90000.00"),
        ({"price_per_hour": "0"}, "0,01"),
        ({"commitments-0-promised": "-1"}, "0"),
    ],
)
def test_a_wrong_draft_is_refused_whole_with_what_was_typed(
    partners: Any, award: Any, sign_in: Any, changes: dict[str, str], said: str
) -> None:
    client, draft = _started(partners, award, sign_in)
    answer = client.post(
        f"/alfa/contracts/to-sign/{draft.pk}/edit/", _edit(draft, _seen(partners, draft), **changes)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.replace("0.01", "0,01") and "U/77/2027" in page and "error" in page
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert draft.number == "" and draft.commitments.get().promised == Decimal("4.00")


def test_the_second_editor_is_told(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    seen = _seen(partners, draft)
    address = f"/alfa/contracts/to-sign/{draft.pk}/edit/"
    assert client.post(address, _edit(draft, seen)).status_code == 302
    assert client.post(address, _edit(draft, seen, number="U/78/2027")).status_code in {409, 422}
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert draft.number == "U/77/2027"


def _text_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_the_paper_says_all_of_the_draft(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    client.post(f"/alfa/contracts/to-sign/{draft.pk}/edit/", _edit(draft, _seen(partners, draft)))
    with tenant_scope(partners.tenant):
        template = make_template()
        draft.refresh_from_db()
    for chosen in ("", str(template.pk)):
        client.post(f"/alfa/contracts/to-sign/{draft.pk}/document/", {"template": chosen})
        text = _text_of(client.get(f"/alfa/contracts/to-sign/{draft.pk}/document.docx").content)
        for fact in ("U/77/2027", "90 000,00 zł", "45,00 zł", "Czas zastępstwa", "3,5 h", "2027", "K/1/2026"):
            assert fact in text.replace("\xa0", " "), fact
        assert "{{" not in text and "{%" not in text
    # A changed draft throws its paper away; whoever does not say what they saw changes nothing.
    address = f"/alfa/contracts/to-sign/{draft.pk}/"
    for seen, kept in (("", True), (_seen(partners, draft), False)):
        client.post(f"{address}edit/", _edit(draft, seen, number="U/79/2027"))
        assert (client.get(f"{address}document.docx").status_code == 200) is kept


def test_a_name_with_signs_of_markup_stays_a_name(partners: Any, award: Any, sign_in: Any) -> None:
    with tenant_scope(partners.tenant):
        award.offer.opened.content["task"]["title"] = "Dom & ogród <w:t>{{ 7*7 }}"
        award.offer.opened.save()
    client, draft = _started(partners, award, sign_in)
    client.post(f"/alfa/contracts/to-sign/{draft.pk}/document/", {"template": ""})
    text = _text_of(client.get(f"/alfa/contracts/to-sign/{draft.pk}/document.docx").content)
    assert "Dom & ogród <w:t>{{ 7*7 }}" in text


def test_two_signatures_conclude_the_contract(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    assert client.post(f"{base}send/").status_code == 422, "no number yet"
    client.post(f"{base}edit/", _edit(draft, _seen(partners, draft)))
    coordinator = sign_in("ngo_manager", partners.tenant, partners.own)
    assert coordinator.get(base).status_code == 404, "the organisation does not read an unfinished draft"
    assert client.post(f"{base}send/").status_code == 422, "no document yet"
    client.post(f"{base}document/", {"template": ""})
    assert client.post(f"{base}send/").status_code == 302
    assert coordinator.get(base).status_code == 200
    today = timezone.localdate().isoformat()
    signed = {"function": "prezes zarządu", "signed_on": today, "form": "paper"}
    assert (
        client.post(f"{base}sign/", {**signed, "side": "unit", "signed_on": "2099-01-01"}).status_code == 422
    )
    assert client.post(f"{base}sign/", {**signed, "side": "unit"}).status_code == 302
    assert client.post(f"{base}sign/", {**signed, "side": "unit"}).status_code == 422
    with tenant_scope(partners.tenant):
        assert not Contract.objects.filter(number="U/77/2027").exists()
    assert client.post(f"{base}sign/", {**signed, "side": "organisation"}).status_code == 302
    with tenant_scope(partners.tenant):
        contract = Contract.objects.get(number="U/77/2027")
        assert (contract.organisation_id, contract.cap_minutes) == (partners.own.pk, 120_000)
        assert contract.commitments.get().promised == Decimal("3.50")
        assert contract.tranches.get().year == 2027
        named = NamedStaff.objects.select_related("worker").get(contract=contract)
        assert named.worker.organisation_id == partners.own.pk
        draft.refresh_from_db()
        assert draft.state == "signed" and draft.contract_id == contract.pk
    page = client.get(f"/alfa/contracts/{contract.pk}/").content.decode()
    assert "Czas zastępstwa" in page and "K/1/2026" in page


def test_the_document_that_is_signed_is_fixed_with_its_hash(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    client.post(f"{base}edit/", _edit(draft, _seen(partners, draft)))
    client.post(f"{base}document/", {"template": ""})
    text = SimpleUploadedFile("umowa.txt", b"Umowa")
    assert client.post(f"{base}document/edited/", {"file": text}).status_code == 422
    edited = docx.Document()
    edited.add_paragraph("Umowa poprawiona przez radcę")
    out = BytesIO()
    edited.save(out)
    file = SimpleUploadedFile("poprawiona.docx", out.getvalue())
    assert client.post(f"{base}document/edited/", {"file": file}).status_code == 302
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    assert sha256 in client.get(f"{base}send/").content.decode()
    client.post(f"{base}send/")
    today = timezone.localdate().isoformat()
    signed = {"function": "prezes", "signed_on": today, "form": "paper"}
    client.post(f"{base}sign/", {**signed, "side": "organisation"})
    again = SimpleUploadedFile("inna.docx", DEFAULT_TEMPLATE.read_bytes())
    assert client.post(f"{base}document/", {"template": ""}).status_code == 422
    assert client.post(f"{base}document/edited/", {"file": again}).status_code == 422
    client.post(f"{base}sign/", {**signed, "side": "unit"})
    assert client.get(f"{base}document.docx").content == out.getvalue()
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert draft.state == "signed" and draft.document.sha256 == sha256
        signings = Entry.objects.filter(verb__in=["send_contract_for_signature", "sign_contract"])
        assert [entry.payload["sha256"] for entry in signings] == [sha256] * 3
        draft.document = None
        with pytest.raises(IntegrityError), transaction.atomic():
            draft.save()


@pytest.mark.parametrize(
    ("scan", "code"),
    [("waiting", "file_unscanned"), ("infected", "file_infected"), ("failed", "file_unscannable")],
)
def test_nobody_signs_a_document_that_the_scanner_has_not_let_through(
    partners: Any, award: Any, sign_in: Any, scan: str, code: str
) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    client.post(f"{base}edit/", _edit(draft, _seen(partners, draft)))
    client.post(f"{base}document/", {"template": ""})
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        scanned_at = None if scan == "waiting" else timezone.now()
        StoredFile.objects.filter(pk=draft.document_id).update(scan=scan, scanned_at=scanned_at)
        name = draft.document.name
    refused = client.post(f"{base}send/")
    assert refused.status_code == 409
    assert name in refused.content.decode()
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert draft.state == "draft"
        # Also one that was sent while no scanner was set up, and is looked at now.
        draft.state = "for_signature"
        draft.save()
        with pytest.raises(DomainError) as refusal:
            actions.sign_draft(
                draft, side="unit", function="wójt", signed_on=timezone.localdate(), form="paper", actor=ACTOR
            )
        assert refusal.value.code == code
        assert not Signature.objects.filter(draft=draft).exists()


def test_nobody_signs_tomorrow(partners: Any, award: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with tenant_scope(partners.tenant):
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/81/2027")
        amendment = partners.contract.amendments.create(
            number=1, state="for_signature", reason="Waloryzacja", effective_on=partners.contract.valid_from
        )
        for verb, document in ((actions.sign_draft, draft), (actions.sign_amendment, amendment)):
            with pytest.raises(DomainError) as refused:
                verb(document, side="unit", function="wójt", signed_on=tomorrow, form="paper", actor=ACTOR)
            assert refused.value.code == "signed_in_future"
        assert not Signature.objects.exists()


def test_taking_back_voids_signatures_and_giving_up_needs_a_reason(
    partners: Any, award: Any, sign_in: Any
) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    client.post(f"{base}edit/", _edit(draft, _seen(partners, draft)))
    client.post(f"{base}document/", {"template": ""})
    client.post(f"{base}send/")
    today = timezone.localdate().isoformat()
    client.post(f"{base}sign/", {"side": "unit", "function": "wójt", "signed_on": today, "form": "paper"})
    assert client.post(f"{base}take-back/", {"reason": ""}).status_code == 422
    assert client.post(f"{base}take-back/", {"reason": "zła kwota"}).status_code == 302
    with tenant_scope(partners.tenant):
        assert not Signature.objects.exists()
    assert client.post(f"{base}give-up/", {"reason": "organizacja zrezygnowała"}).status_code == 302
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert (draft.state, draft.abandoned_reason) == ("abandoned", "organizacja zrezygnowała")


def test_a_draft_without_a_number_is_given_up_and_taken_up_again(
    partners: Any, award: Any, sign_in: Any
) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    assert client.post(f"{base}give-up/", {"reason": "pomyłka"}).status_code == 302
    assert f"{base}take-up/" in client.get(base).content.decode()
    coordinator = sign_in("coordinator", partners.tenant)
    assert coordinator.post(f"{base}take-up/").status_code == 403
    assert client.get(f"{base}take-up/").status_code == 200
    assert client.post(f"{base}take-up/").status_code == 302
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert (draft.state, draft.abandoned_reason) == ("draft", "")
    assert client.post(f"{base}take-up/").status_code in {409, 422}, "it is in work already"
    assert client.post(f"{base}edit/", _edit(draft, _seen(partners, draft))).status_code == 302


def test_a_draft_whose_grant_was_given_up_stays_given_up(partners: Any, award: Any, sign_in: Any) -> None:
    client, draft = _started(partners, award, sign_in)
    base = f"/alfa/contracts/to-sign/{draft.pk}/"
    client.post(f"{base}give-up/", {"reason": "organizacja zrezygnowała"})
    with tenant_scope(partners.tenant):
        give_up_award(award, happened_on=timezone.localdate(), reason="Brak kadry", actor=ACTOR)
        with pytest.raises(DomainError) as refused:
            actions.resume_draft(draft, actor=ACTOR)
    assert refused.value.code == "not_granted"
    assert f"{base}take-up/" not in client.get(base).content.decode()


def test_the_list_asks_the_same_number_of_questions_whatever_it_holds(
    partners: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("director", partners.tenant)
    client.get("/alfa/contracts/to-sign/")
    counts = []
    for size in (2, 6):
        with tenant_scope(partners.tenant):
            for place in range(size):
                award = granted_award(partners.own, number=f"K/{size}/{place}")
                if place % 2:
                    actions.draft_contract(award, actor=ACTOR)
        with django_assert_max_num_queries(40) as asked:
            assert client.get("/alfa/contracts/to-sign/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_minutes_of_the_years_sum_to_the_cap(partners: Any) -> None:
    with tenant_scope(partners.tenant):
        award = granted_award(partners.own, amount="100.00")
        opened = award.offer.opened
        opened.content["task"] |= {"from": "2026-12-01", "to": "2028-01-31"}
        opened.content["budget"]["costs"] = []
        opened.grant, opened.total, opened.minutes = Decimal(100), Decimal(100), 10_001
        opened.save()
        draft = actions.draft_contract(award, actor=ACTOR)
        assert sum(row.minutes for row in draft.tranches.all()) == draft.cap_minutes == 10_001


@pytest.mark.parametrize(("last", "expected"), [(date(2027, 3, 31), None), (date(2027, 4, 1), "90 dni")])
def test_a_contract_of_a_small_grant_lasts_ninety_days_at_most(
    partners: Any, award: Any, sign_in: Any, last: date, expected: str | None
) -> None:
    client, draft = _started(partners, award, sign_in)
    with tenant_scope(partners.tenant):
        Call.objects.update(kind=Call.Kind.SMALL_GRANT)
    address = f"/alfa/contracts/to-sign/{draft.pk}/edit/"
    seen = client.get(address).context["form"]["seen"].value()
    answer = client.post(address, _edit(draft, seen, valid_to=last.isoformat()))
    if expected is None:
        assert answer.status_code == 302
    else:
        refusal = str(answer.context["form"].errors["valid_to"])
        assert answer.status_code == 422 and expected in refusal and "31.03.2027" in refusal


def test_the_number_of_another_contract_is_refused_at_its_field(
    partners: Any, award: Any, sign_in: Any
) -> None:
    client, draft = _started(partners, award, sign_in)
    base, taken = f"/alfa/contracts/to-sign/{draft.pk}/", partners.contract.number
    answer = client.post(f"{base}edit/", _edit(draft, _seen(partners, draft), number=taken))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Umowa {taken} już istnieje" in page and 'id="id_number_error"' in page
    with tenant_scope(partners.tenant):
        draft.refresh_from_db()
        assert draft.number == "", "nothing is saved"
        # Another contract may get the number while this draft waits: the page of the signatures says so and leads back.
        ContractDraft.objects.filter(pk=draft.pk).update(number=taken)
    answer = client.post(f"{base}send/")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Umowa {taken} już istnieje" in page and f'<a href="{base}">' in page


def test_nobody_signs_before_the_results_are_published(partners: Any, award: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    with tenant_scope(partners.tenant):
        Call.objects.filter(pk=award.offer.call_id).update(decided_at=timezone.now() - timedelta(days=3))
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/82/2027")
        amendment = partners.contract.amendments.create(
            number=1, state="for_signature", reason="Waloryzacja", effective_on=partners.contract.valid_from
        )
        early = ((draft, today - timedelta(days=4)), (amendment, partners.contract.signed_on))
        for document, day in early:
            sign = actions.sign_draft if document is draft else actions.sign_amendment
            before = day if document is draft else day - timedelta(days=1)
            with pytest.raises(DomainError) as refused:
                sign(document, side="unit", function="wójt", signed_on=before, form="paper", actor=ACTOR)
            assert refused.value.code == "signed_too_early"
        assert not Signature.objects.exists()
    client, base = sign_in("director", partners.tenant), f"/alfa/contracts/to-sign/{draft.pk}/sign/"
    signed = {"side": "unit", "function": "wójt", "form": "paper"}
    answer = client.post(base, {**signed, "signed_on": "01.01.2020"})
    assert answer.status_code == 422 and 'id="id_signed_on_error"' in answer.content.decode()
    day = today - timedelta(days=3)
    assert client.post(base, {**signed, "signed_on": day.isoformat()}).status_code == 302
