"""Numbers and files of the national system of e-invoices (KSeF), without Django.

A number is `NIP-YYYYMMDD-12 hexadecimal digits-checksum`, 35 signs; the checksum is CRC-8 (polynomial 0x07, begun
with 0) of the first 32 signs (documentation of KSeF, "Numer KSeF – struktura i walidacja").
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree

_NUMBER = re.compile(r"[0-9]{10}-([0-9]{8})-[0-9A-F]{12}-[0-9A-F]{2}")
_DATA = 32


def is_ksef_number(text: str) -> bool:
    """Whether a text is a KSeF number: its form, its day and its checksum."""
    matched = _NUMBER.fullmatch(text)
    if matched is None:
        return False
    try:
        datetime.strptime(matched[1], "%Y%m%d")  # noqa: DTZ007
    except ValueError:
        return False
    return checksum_of(text[:_DATA]) == text[-2:]


def checksum_of(first: str) -> str:
    """The two signs that end a number which begins so (32 signs of ASCII)."""
    return f"{_crc8(first.encode('ascii')):02X}"


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _bit in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


@dataclass(frozen=True)
class InvoiceFile:
    """What an FA document says: number, day of issue, NIP of the seller, gross amount (PLN); None where silent."""

    number: str | None
    issued_on: date | None
    seller_nip: str | None
    amount: Decimal | None


class NotAnInvoice(ValueError):
    """The document is no FA invoice in PLN."""


def read_invoice(content: bytes) -> InvoiceFile:
    """What an FA document (any variant) says. Raises NotAnInvoice for anything else.

    Documents with a type declaration are refused unread: entities could make them swell.
    """
    if b"<!" in content.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise NotAnInvoice("a document type declaration")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise NotAnInvoice("not well-formed") from error
    space, _brace, name = root.tag.rpartition("}")
    if name != "Faktura" or "crd.gov.pl/wzor/" not in space:
        raise NotAnInvoice(root.tag)
    prefix = f"{space}}}"

    def text(*path: str) -> str | None:
        found = root.findtext("/".join(f"{prefix}{step}" for step in path))
        return found.strip() if found else None

    if text("Fa", "KodWaluty") not in (None, "PLN"):
        raise NotAnInvoice("another currency")
    return InvoiceFile(
        number=text("Fa", "P_2"),
        issued_on=_date(text("Fa", "P_1")),
        seller_nip=text("Podmiot1", "DaneIdentyfikacyjne", "NIP"),
        amount=_amount(text("Fa", "P_15")),
    )


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NotAnInvoice("a wrong date") from error


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation as error:
        raise NotAnInvoice("a wrong amount") from error
    if amount is not None and not amount.is_finite():
        raise NotAnInvoice("a wrong amount")
    return amount
