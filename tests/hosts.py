"""Hosts on one machine: network namespaces on a bridge, and the servers that they share at the bridge's address.

Made with `ip netns`, as root, from iproute2. What runs on a host reaches the database, Redis and the store over its
network and in no other way, and its link can be cut. The bridge lies in a namespace of its own: a browser that runs
on this machine meanwhile breaks off what it loads whenever the machine's own addresses change.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_NET = "10.177.7"
SERVERS = f"{_NET}.1"
_LAN = "siedem-lan"
_NAMED = "/run/netns"
_OWN = "/proc/thread-self/ns/net"


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def _enter(namespace: int) -> None:
    """This thread's sockets are of that namespace from now on. (`os.setns` comes with Python 3.12.)"""
    if ctypes.CDLL(None, use_errno=True).setns(namespace, 0):
        raise OSError(ctypes.get_errno(), "setns")


@contextmanager
def joined() -> Iterator[None]:
    """Sockets that this thread opens in the block are at SERVERS' place in the network; so are threads that it begins."""
    own, lan = os.open(_OWN, os.O_RDONLY), os.open(f"{_NAMED}/{_LAN}", os.O_RDONLY)
    try:
        _enter(lan)
        try:
            yield
        finally:
            _enter(own)
    finally:
        os.close(lan)
        os.close(own)


@dataclass
class Host:
    """A namespace with an address of its own, and the processes begun there."""

    name: str
    number: int
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{_NET}.{self.number}"

    @property
    def _link(self) -> str:
        return f"sv{self.number}"

    def make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("-n", _LAN, "link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("-n", _LAN, "link", "set", self._link, "master", "sv0", "up")
        _ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", self.name, "link", "set", device, "up")

    def run(self, command: Sequence[str], environment: dict[str, str], folder: str) -> None:
        """Begin a program there; it ends with the host."""
        words = ["ip", "netns", "exec", self.name, *command]
        self.processes.append(subprocess.Popen(words, cwd=folder, env=environment, start_new_session=True))

    def cut(self) -> None:
        """Nothing goes to the host or comes from it."""
        _ip("-n", _LAN, "link", "set", self._link, "down")

    def join(self) -> None:
        _ip("-n", _LAN, "link", "set", self._link, "up")

    def kill(self) -> None:
        """All that runs there at once."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, 9)
            process.wait(20)
        self.processes.clear()

    def remove(self) -> None:
        self.kill()
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)


def why_not() -> str:
    """Why no hosts can be made on this machine; empty where they can."""
    if shutil.which("ip") is None:
        return "no `ip` on this machine (Debian: iproute2)"
    if os.geteuid() != 0:
        return "network namespaces are root's to make"
    try:
        with network(["siedem-probe"]):
            return ""
    except OSError as error:
        return f"no network of hosts here: {error}"


@contextmanager
def network(names: Sequence[str]) -> Iterator[list[Host]]:
    """The hosts, joined to each other and to SERVERS while the block runs."""
    hosts = [Host(name, 11 + at) for at, name in enumerate(names)]
    try:
        _ip("netns", "add", _LAN)
        _ip("-n", _LAN, "link", "add", "sv0", "type", "bridge")
        _ip("-n", _LAN, "addr", "add", f"{SERVERS}/24", "dev", "sv0")
        for device in ("lo", "sv0"):
            _ip("-n", _LAN, "link", "set", device, "up")
        for host in hosts:
            host.make()
        yield hosts
    finally:
        for host in hosts:
            host.remove()
        subprocess.run(["ip", "netns", "del", _LAN], capture_output=True, check=False)
