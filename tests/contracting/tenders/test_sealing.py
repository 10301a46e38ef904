"""Seals: one content has one hash, nothing altered or moved opens, codes forgive typing, any two shares recover."""

import json
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contracting.tenders import sealing
from contracting.tenders.sealing import Place, ReceiptLine, SealBroken

PLACE = Place("tenant", "call", "offer", 1)
MOMENT = datetime(2026, 11, 22, 11, 59, 59, 123456, tzinfo=UTC)

_TEXTS = st.text(max_size=40).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
_JSON = st.recursive(
    st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(content=st.dictionaries(_TEXTS, _JSON, max_size=5))
@hypothesis_settings(max_examples=60, deadline=None)
def test_a_content_is_sealed_and_opened_as_it_was(content: Any) -> None:
    canonical, key = sealing.canonical_bytes(content), sealing.new_content_key()
    sealed = sealing.seal_content(canonical, key, PLACE)
    assert sealing.open_content(sealed, key, PLACE) == canonical
    assert json.loads(canonical) == content
    assert (len(sealed) - 28) % 4096 == 0, "the length tells blocks only"


def test_the_order_of_keys_does_not_change_the_hash() -> None:
    one, other = {"b": 1, "a": {"ż": "Łódź", "c": []}}, {"a": {"c": [], "ż": "Łódź"}, "b": 1}
    assert sealing.canonical_bytes(one) == sealing.canonical_bytes(other)
    assert sealing.canonical_bytes(one) == '{"a":{"c":[],"ż":"Łódź"},"b":1}'.encode()


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, b"x", float("nan")])
def test_what_has_no_single_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        sealing.canonical_bytes(value)


def test_a_bit_changed_anywhere_breaks_the_seal() -> None:
    key = sealing.new_content_key()
    sealed = sealing.seal_content(b'{"a":1}', key, PLACE)
    for position in (0, 11, 12, 100, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            sealing.open_content(bytes(altered), key, PLACE)
    for cut in (b"", sealed[:10], sealed[:-1]):
        with pytest.raises(SealBroken):
            sealing.open_content(cut, key, PLACE)


@pytest.mark.parametrize(
    "other",
    [
        Place("other", "call", "offer", 1),
        Place("tenant", "other", "offer", 1),
        Place("tenant", "call", "other", 1),
        Place("tenant", "call", "offer", 2),
    ],
)
def test_nothing_opens_in_another_place(other: Place) -> None:
    key, pair, code = sealing.new_content_key(), sealing.new_pair(), sealing.new_code()
    with pytest.raises(SealBroken):
        sealing.open_content(sealing.seal_content(b"{}", key, PLACE), key, other)
    with pytest.raises(SealBroken):
        sealing.unwrap_with(pair.private, sealing.wrap_for(pair.public, key, PLACE), other)
    with pytest.raises(SealBroken):
        sealing.unwrap_with_code(code, sealing.wrap_for_code(code, key, PLACE), other)
    with pytest.raises(SealBroken):
        sealing.open_file(sealing.seal_file(b"statut", key, PLACE, "k"), key, other, "k")


def test_a_file_does_not_stand_in_for_another() -> None:
    key = sealing.new_content_key()
    sealed = sealing.seal_file(b"statut", key, PLACE, "one")
    assert sealing.open_file(sealed, key, PLACE, "one") == b"statut"
    with pytest.raises(SealBroken):
        sealing.open_file(sealed, key, PLACE, "other")


def test_only_the_private_half_unwraps() -> None:
    pair, other, key = sealing.new_pair(), sealing.new_pair(), sealing.new_content_key()
    wrapped = sealing.wrap_for(pair.public, key, PLACE)
    assert sealing.unwrap_with(pair.private, wrapped, PLACE) == key
    assert sealing.public_half(pair.private) == pair.public
    for private in (other.private, b"short"):
        with pytest.raises(SealBroken):
            sealing.unwrap_with(private, wrapped, PLACE)


def test_a_code_is_read_as_people_copy_it() -> None:
    key, code = sealing.new_content_key(), "0171A-BCDEF-GHJKM-NPQRS-TVWXY"
    wrapped = sealing.wrap_for_code(code, key, PLACE)
    for typed in (
        code,
        code.lower(),
        code.replace("-", " "),
        "o17Ia bcdef ghjkm npqrs tvwxy",
        "oL7la" + code[5:],
    ):
        assert sealing.unwrap_with_code(typed, wrapped, PLACE) == key
    with pytest.raises(SealBroken):
        sealing.unwrap_with_code(sealing.new_code(), wrapped, PLACE)
    assert sealing.is_code(code) and sealing.is_code(sealing.new_code())
    assert not sealing.is_code("") and not sealing.is_code("0171A") and not sealing.is_code(code[:-1] + "U")


def test_codes_differ() -> None:
    assert len({sealing.new_code() for _number in range(200)}) == 200


def test_any_two_of_three_shares_recover_and_one_does_not() -> None:
    secret = sealing.new_content_key()
    shares = sealing.split_secret(secret)
    assert [len(share.split()) for share in shares] == [33, 33, 33]
    for pair in combinations(shares, 2):
        assert sealing.join_shares([f"  {pair[0].upper()} ", pair[1]]) == secret
    words = shares[0].split()
    wrong = " ".join([*words[:5], words[6], words[5], *words[7:]])
    for few in ([shares[0]], [shares[0], shares[0]], [wrong, shares[1]], [], ["not words at all"]):
        with pytest.raises(SealBroken):
            sealing.join_shares(few)
    with pytest.raises(SealBroken):
        sealing.join_shares([shares[0], sealing.split_secret(secret)[1]])


def test_the_mark_of_a_receipt_holds_number_moment_and_hash() -> None:
    private = sealing.new_pair().private
    mark = sealing.receipt_mac(private, "K/1/1", MOMENT, "a" * 64)
    assert mark == sealing.receipt_mac(private, "K/1/1", MOMENT, "a" * 64)
    others = {
        sealing.receipt_mac(private, "K/1/2", MOMENT, "a" * 64),
        sealing.receipt_mac(private, "K/1/1", MOMENT.replace(microsecond=123457), "a" * 64),
        sealing.receipt_mac(private, "K/1/1", MOMENT, "b" * 64),
        sealing.receipt_mac(sealing.new_pair().private, "K/1/1", MOMENT, "a" * 64),
    }
    assert len(others) == 4 and mark not in others


def test_the_digest_changes_with_every_receipt() -> None:
    lines = [ReceiptLine(f"K/{n}/1", MOMENT, str(n) * 64, "current") for n in (1, 2, 3)]
    digest = sealing.digest_of(lines)
    assert sealing.digest_of(lines[::-1]) == digest
    assert sealing.digest_of(lines[:2]) != digest
    withdrawn = ReceiptLine("K/3/1", MOMENT, "3" * 64, "withdrawn")
    assert sealing.digest_of([*lines[:2], withdrawn]) != digest
    assert len(sealing.digest_of([])) == 64
