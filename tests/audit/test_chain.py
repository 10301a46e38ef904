"""The audit chain: every tampering with it is found, but for an end cut off, which needs a checkpoint outside."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.actions import record
from audit.chain import GENESIS, broken_among, chain_hash, walk_chain
from audit.checkpoints import take_checkpoint
from audit.models import Entry
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tenants.models import Tenant


@pytest.fixture
def chain(in_alfa: Tenant) -> list[Entry]:
    """Five entries of alfa."""
    return [add(number) for number in range(1, 6)]


def add(number: int) -> Entry:
    with transaction.atomic():
        return record(
            "probe",
            actor=Actor(new_id(), "Anna Próbna"),
            subject_type="service",
            subject_id=new_id(),
            payload={"number": number, "list": [1, 2], "text": "zażółć"},
        )


def test_a_chain_that_nobody_touched_holds(chain: list[Entry]) -> None:
    state = walk_chain()
    assert (state.holds, state.intact, state.last_hash) == (True, 5, chain[-1].hash)
    assert broken_among(Entry.objects.all()) == set()


@pytest.mark.django_db
def test_a_chain_without_entries_holds(in_alfa: Tenant) -> None:
    assert (walk_chain().holds, walk_chain().intact, walk_chain().last_hash) == (True, 0, GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"actor_label": "Ktoś Inny"},
        {"actor_id": None},
        {"verb": "other"},
        {"subject_id": "x"},
        {"subject_type": "x"},
        {"payload": {"number": 3}},
        {"payload_hash": "0" * 64},
        {"previous_hash": "0" * 64},
        {"hash": "0" * 64},
        {"at": timedelta(microseconds=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(chain: list[Entry], change: dict[str, Any]) -> None:
    if "at" in change:
        change = {"at": chain[2].at + change["at"]}
    Entry.objects.filter(sequence=3).update(**change)
    state = walk_chain()
    assert state.broken is not None
    assert (state.broken.sequence, state.intact) == (3, 2)
    assert chain[2].pk in broken_among(Entry.objects.all())


def test_an_entry_changed_together_with_its_own_hash_is_found_at_the_next(chain: list[Entry]) -> None:
    forged = chain[2]
    forged.actor_label = "Ktoś Inny"
    forged.hash = chain_hash(forged)
    forged.save()
    assert [entry.sequence for entry in [walk_chain().broken] if entry] == [4]


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_a_removed_entry_is_found(chain: list[Entry], sequence: int) -> None:
    Entry.objects.filter(sequence=sequence).delete()
    state = walk_chain()
    assert state.broken is not None
    assert (state.broken.sequence, state.intact) == (sequence + 1, sequence - 1)


def test_a_removed_entry_whose_gap_was_closed_is_found(chain: list[Entry]) -> None:
    Entry.objects.filter(sequence=2).delete()
    for number in (3, 4, 5):
        Entry.objects.filter(sequence=number).update(sequence=number - 1)
    assert walk_chain().intact == 1


def test_an_entry_put_in_is_found(chain: list[Entry]) -> None:
    for number in (5, 4, 3):
        Entry.objects.filter(sequence=number).update(sequence=number + 1)
    forged = Entry.objects.get(sequence=2)
    forged.pk, forged.sequence, forged.previous_hash = new_id(), 3, forged.hash
    forged.hash = chain_hash(forged)
    forged.save(force_insert=True)
    state = walk_chain()
    assert state.broken is not None
    assert state.broken.sequence == 4


def test_two_entries_that_changed_places_are_found(chain: list[Entry]) -> None:
    Entry.objects.filter(sequence=2).update(sequence=99)
    Entry.objects.filter(sequence=3).update(sequence=2)
    Entry.objects.filter(sequence=99).update(sequence=3)
    assert walk_chain().intact == 1


def test_an_end_cut_off_is_not_seen_from_inside_and_shows_by_count_and_hash(chain: list[Entry]) -> None:
    """The known limit: only a checkpoint kept outside finds it, which is why the page tells count and hash."""
    noted = walk_chain()
    Entry.objects.filter(sequence__gt=3).delete()
    cut = walk_chain()
    assert cut.holds
    assert (cut.intact, cut.last_hash) != (noted.intact, noted.last_hash)


def test_an_erased_payload_leaves_the_chain_whole(chain: list[Entry]) -> None:
    Entry.objects.filter(sequence=3).update(payload=None)
    assert walk_chain().holds


def test_an_entry_outside_a_transaction_is_refused(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        count = Entry.objects.count()
        with pytest.raises(transaction.TransactionManagementError):
            record("probe", actor=Actor.system("x"), subject_type="x", subject_id="x")
        assert Entry.objects.count() == count


def _change() -> None:
    Entry.objects.filter(sequence=3).update(actor_label="Ktoś Inny")


def _remove() -> None:
    Entry.objects.filter(sequence=2).delete()


def _put_in() -> None:
    """One between two, its own hash right, the numbers after it moved on."""
    for number in (5, 4, 3):
        Entry.objects.filter(sequence=number).update(sequence=number + 1)
    forged = Entry.objects.get(sequence=2)
    forged.pk, forged.sequence, forged.previous_hash = new_id(), 3, forged.hash
    forged.hash = chain_hash(forged)
    forged.save(force_insert=True)


def _cut_off() -> None:
    Entry.objects.filter(sequence=5).delete()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_change, "alfa: BROKEN at entry 3; 2 entries before it hold"),
        (_remove, "alfa: BROKEN at entry 3; 1 entries before it hold"),
        (_put_in, "alfa: BROKEN at entry 4; 3 entries before it hold"),
        (_cut_off, "entries at the end of the record were cut off"),
    ],
    ids=["changed", "removed", "put in", "cut off"],
)
def test_the_command_finds_what_was_done_to_an_entry(
    chain: list[Entry], damage: Callable[[], None], told: str, settings: Any, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings.CHECKPOINTS_FOLDER, settings.CHECKPOINTS_BUCKET = str(tmp_path), ""
    assert take_checkpoint()
    call_command("verify_audit", tenant="alfa")
    assert "alfa: 5 entries" in capsys.readouterr().out
    damage()
    with pytest.raises(CommandError, match="1 records were altered"):
        call_command("verify_audit", tenant="alfa")
    assert told in capsys.readouterr().err


@pytest.mark.django_db
def test_the_command_walks_every_chain_and_fails_where_one_is_broken(
    alfa: Tenant, beta: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    verify: Callable[..., Any] = lambda **options: call_command("verify_audit", **options)  # noqa: E731
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            for number in range(3):
                add(number)
    verify()
    told = capsys.readouterr().out
    assert "alfa: 3 entries" in told
    assert "beta: 3 entries" in told
    assert "platform: " in told
    with tenant_scope(alfa):
        Entry.objects.filter(sequence=2).update(verb="other")
    with pytest.raises(CommandError, match="1 records were altered"):
        verify()
    captured = capsys.readouterr()
    assert "alfa: BROKEN at entry 2; 1 entries before it hold" in captured.err
    assert "beta: 3 entries" in captured.out
    verify(tenant="beta")
    with pytest.raises(CommandError, match="no tenant"):
        verify(tenant="nowhere")
