"""A real clamd for tests, with one signature of its own: the harmless test virus EICAR."""

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kernel import clamd
from tests.documents.s3_server import free_port

PROGRAM = shutil.which("clamd")
EICAR = clamd.HARMLESS_TEST


@contextmanager
def running_clamd(folder: Path, port: int | None = None) -> Iterator[str]:
    """The address of a clamd while the block runs."""
    assert PROGRAM
    folder.mkdir(exist_ok=True)
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (signatures / "own.hdb").write_text(f"{digest}:{len(EICAR)}:Test.Harmless\n")
    # Also inside other content: as a text anywhere in a file.
    (signatures / "own.ndb").write_text(f"Test.HarmlessInside:0:*:{EICAR.hex()}\n")
    port = port or free_port()
    # As root it would take an account that cannot read the folder of the test.
    as_root = "User root\n" if os.geteuid() == 0 else ""
    (folder / "clamd.conf").write_text(
        f"TCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {signatures}\nForeground yes\nLogFile {folder}/log\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 30M\n{as_root}"
    )
    with (folder / "out").open("w") as out:
        process = subprocess.Popen([PROGRAM, "-c", str(folder / "clamd.conf")], stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    yield f"127.0.0.1:{port}"
                    return
            time.sleep(0.1)
        raise AssertionError((folder / "out").read_text())
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
