"""Numbers and files of the national system of e-invoices (KSeF), without Django.

A number is `NIP of the seller-YYYYMMDD-12 hexadecimal digits-checksum`, 35 signs; the checksum is CRC-8 (polynomial
0x07, begun with 0) of the first 32 signs (documentation of KSeF, "Numer KSeF – struktura i walidacja").
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree
from xml.parsers import expat

from tenants.rules.identifiers import clean_nip

_NUMBER = re.compile(r"[0-9]{10}-([0-9]{8})-[0-9A-F]{12}-[0-9A-F]{2}")
_DATA = 32
_NIP = 10
_TEMPLATES = "{http://crd.gov.pl/wzor/"


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


def seller_of(number: str) -> str:
    """The NIP of the seller that a KSeF number names."""
    return number[:_NIP]


def numbered_on(number: str) -> date:
    """The day on which the system took the invoice in, as its number (a right one) says."""
    return datetime.strptime(number[_NIP + 1 : _NIP + 9], "%Y%m%d").date()  # noqa: DTZ007


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
    """What an FA document says: number, day of issue, NIP of the seller, gross amount (PLN)."""

    number: str
    issued_on: date
    seller_nip: str
    amount: Decimal


class NotAnInvoice(ValueError):
    """The document is no FA invoice in PLN."""


def read_invoice(content: bytes) -> InvoiceFile:
    """What an FA document (any variant) says. Raises NotAnInvoice for anything else.

    This is no validation against the schema of the Ministry of Finance: it is well-formed, its root is `Faktura` of the
    central repository of e-document templates, its header says the form FA, it is in PLN, and number, day, NIP of the
    seller (with its check digit) and gross amount are there and can be read. A document with a type declaration is
    refused before anything of it is expanded: entities could make it swell, or fetch what is not part of it.
    """
    _refuse_declared(content)
    root = ElementTree.fromstring(content)  # noqa: S314
    space, _brace, name = root.tag.rpartition("}")
    if name != "Faktura" or not space.startswith(_TEMPLATES):
        raise NotAnInvoice(root.tag)
    prefix = f"{space}}}"

    def text(*path: str) -> str:
        found = (root.findtext("/".join(f"{prefix}{step}" for step in path)) or "").strip()
        if not found:
            raise NotAnInvoice(f"no {path[-1]}")
        return found

    if text("Naglowek", "KodFormularza") != "FA":
        raise NotAnInvoice("another form")
    if text("Fa", "KodWaluty") != "PLN":
        raise NotAnInvoice("another currency")
    seller = text("Podmiot1", "DaneIdentyfikacyjne", "NIP")
    if clean_nip(seller) != seller:
        raise NotAnInvoice("a wrong NIP of the seller")
    return InvoiceFile(
        number=text("Fa", "P_2"),
        issued_on=_date(text("Fa", "P_1")),
        seller_nip=seller,
        amount=_amount(text("Fa", "P_15")),
    )


def _refuse_declared(content: bytes) -> None:
    """Read it without building anything, whatever its encoding: malformed or with a type declaration is refused."""

    def declared(*_told: object) -> None:
        raise NotAnInvoice("a document type declaration")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotAnInvoice("not well-formed") from error


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotAnInvoice("a wrong date") from error


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise NotAnInvoice("a wrong amount") from error
    if not amount.is_finite():
        raise NotAnInvoice("a wrong amount")
    return amount
