"""The commands around the seal: a receipt is true, altered or unknown; two shares recover lost keys."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contracting.tenders.actions.sealing_keys import private_key_of
from contracting.tenders.models import CallKey, RecoveryKey, SealedOffer
from contracting.tenders.receipts import receipt_facts
from kernel import keeper
from kernel.keeper import KeyLost
from tests.contracting.tenders.offers_world import bidder, handed_in, published_call, recovery_shares

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alfa")]


def _run(name: str, *arguments: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    told = io.StringIO()
    try:
        call_command(name, *arguments, stdout=told)
    except SystemExit as end:
        return int(end.code or 0), told.getvalue().strip()
    return 0, told.getvalue().strip()


def shares_typed(monkeypatch: pytest.MonkeyPatch, *shares: str) -> None:
    """The shares come on the standard input, one a line."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{share}\n" for share in shares)))


def test_a_receipt_is_true_altered_or_unknown(tmp_path: Path) -> None:
    offer, receipt = handed_in(published_call(), bidder())
    number = ("--tenant", "alfa", "--receipt", receipt.number)
    assert _run("verify_receipt", *number, "--sha256", receipt.sha256.upper()) == (0, "true")
    assert _run("verify_receipt", *number, "--sha256", "0" * 64) == (1, "altered")
    unknown = ("--tenant", "alfa", "--receipt", "K/9/9", "--sha256", receipt.sha256)
    assert _run("verify_receipt", *unknown) == (2, "unknown")
    facts = receipt_facts(offer, SealedOffer.objects.get())
    file = tmp_path / "receipt.json"
    for change, outcome in (
        ({}, (0, "true")),
        ({"submitted_at": "2026-01-01T00:00:00.000000Z"}, (1, "altered")),
        ({"mac": "f" * 64}, (1, "altered")),
        ({"receipt": "K/9/9"}, (2, "unknown")),
    ):
        file.write_text(json.dumps({**facts, **change}), "utf-8")
        assert _run("verify_receipt", "--tenant", "alfa", "--receipt", str(file)) == outcome


def test_what_is_no_receipt_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}", "utf-8")
    for arguments in (("--receipt", str(file)), ("--receipt", "K/1/1")):
        with pytest.raises(CommandError):
            call_command("verify_receipt", "--tenant", "alfa", *arguments)
    with pytest.raises(CommandError):
        call_command("verify_receipt", "--tenant", "nie-ma", "--receipt", "K/1/1", "--sha256", "0")


def test_two_shares_on_the_standard_input_recover(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = recovery_shares()
    published_call()
    settings.SEAL_KEY_FILE = str(tmp_path / "new.key")
    keeper.ensure_key_file(Path(settings.SEAL_KEY_FILE))
    with pytest.raises(KeyLost):
        private_key_of(CallKey.objects.get())
    shares_typed(monkeypatch, shares[0], shares[0])
    with pytest.raises(CommandError):
        call_command("recover_call_keys", "--tenant", "alfa")
    shares_typed(monkeypatch, shares[1], shares[2])
    code, told = _run("recover_call_keys", "--tenant", "alfa")
    assert (code, "1" in told) == (0, True)
    assert not any(word in told for word in shares[1].split()[:3] if len(word) > 6)
    assert private_key_of(CallKey.objects.get())


def test_a_recovery_key_is_made_by_a_command_too() -> None:
    holders = ("--holder", "dyrektor", "--holder", "skarbnik", "--holder", "sekretarz")
    _code, told = _run("make_recovery_key", "--tenant", "alfa", *holders)
    key = RecoveryKey.objects.get()
    assert key.fingerprint in told and key.holders == ["dyrektor", "skarbnik", "sekretarz"]
    with pytest.raises(CommandError):
        call_command("make_recovery_key", "--tenant", "alfa", "--holder", "dyrektor")
