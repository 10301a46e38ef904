"""The pack of a provider as a workbook: who comes first, the contracts, whom to call."""

from django.utils.translation import gettext as _

from documents.workbook import Column, Minutes, Rows, write_workbook
from kernel.tenancy import require_tenant
from reporting.care.contacts import phone_shown
from reporting.continuity.exports.words import amount_of, call_in_words, next_in_words, plan_in_words
from reporting.continuity.pack import Pack


def pack_xlsx(pack: Pack, title: str) -> bytes:
    """The workbook in the active language; the same pack gives the same bytes."""
    return write_workbook(
        title,
        company=require_tenant().unit_name,
        made_for=pack.day,
        sheets=[
            (_("Persons"), *_persons(pack)),
            (_("Contracts"), *_contracts(pack)),
            (
                _("Whom to call"),
                [(_("Name"), 30), (_("E-mail"), 36)],
                [(one.name, one.email) for one in pack.contacts],
            ),
        ],
    )


def _persons(pack: Pack) -> tuple[list[Column], Rows]:
    columns = [
        (_("Next visit"), 18),
        (_("Person"), 26),
        (_("Person's code"), 12),
        (_("Address"), 34),
        (_("Telephone"), 14),
        (_("Person close to them"), 26),
        (_("Their telephone"), 14),
        (_("Note for entry"), 34),
        (_("Who was reached"), 34),
        (_("Remark"), 34),
        (_("Decision"), 16),
        (_("Contract"), 14),
        (_("Amount"), 16),
        (_("Valid to"), 12),
        (_("Plan of visits"), 46),
        (_("Scope"), 40),
        (_("granted this month, h"), 12),
        (_("delivered this month, h"), 12),
        (_("left this month, h"), 12),
        (_("Last visit"), 12),
    ]
    rows = []
    for line in pack.lines:
        contact, call = line.decision.person.contact, pack.latest.get(line.decision.person_id)
        rows.append(
            [
                next_in_words(line),
                str(line.decision.person),
                line.decision.person.code,
                contact.address,
                phone_shown(contact.phone),
                contact.close_person,
                phone_shown(contact.close_phone),
                contact.entry_note,
                call_in_words(pack, line),
                call.remark if call else "",
                line.decision.number,
                line.decision.contract.number,
                amount_of(line),
                line.decision.valid_to,
                plan_in_words(line),
                ", ".join(line.scope),
                Minutes(line.granted),
                Minutes(line.delivered),
                Minutes(line.left),
                line.last_visit,
            ]
        )
    return columns, rows


def _contracts(pack: Pack) -> tuple[list[Column], Rows]:
    columns = [
        (_("Contract"), 16),
        (_("Provider"), 40),
        (_("Service"), 30),
        (_("Valid to"), 12),
        (_("Persons"), 10),
        (_("used, h"), 12),
        (_("left of the cap, h"), 14),
    ]
    rows = [
        [
            one.contract.number,
            str(one.contract.organisation),
            str(one.contract.service),
            one.contract.valid_to,
            one.persons,
            Minutes(one.used),
            None if one.left is None else Minutes(one.left),
        ]
        for one in pack.contracts
    ]
    return columns, rows
