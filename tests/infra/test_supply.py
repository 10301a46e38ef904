"""What the product is made of, under which licences, and that no secret lies among its files."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT: Path = settings.ROOT
# Not for this system, or silent about itself: what its repository says.
SILENT = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "pyrage": "MIT"}
# Would reach over to the product, which is EUPL-1.2 and served over a network.
STRONG = re.compile(r"(?<!Lesser )General Public License|\bA?GPL-|Affero|SSPL|BUSL", re.IGNORECASE)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", re.MULTILINE)

SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"),
    "an identity of age": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    "a key of Amazon's": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub's": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})"),
    "a token of Slack's": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "a password in an address": re.compile(r"\b(?:postgres(?:ql)?|redis|https?)://[^\s:/@{}<>\"'$]*:[^\s:/@{}<>\"'$%]{12,}@"),
    "a key of ours": re.compile(
        r"(?:SECRET_KEY|MASTER_KEYS|PASSWORD|SECRET_ACCESS_KEY|TOKEN)\"?\s*[=:]\s*[\"']?[A-Za-z0-9+/_-]{40,}={0,2}[\"'\s]"
    ),
}  # fmt: skip
# Made up, and used by tests only.
FOR_TESTS = {"tests/config/test_production.py": {"a key of ours"}}


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "infra/sbom.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_everything_pinned_stands_in_the_bill_with_its_hashes(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["name"]: part for part in bill["components"]}
    pinned = {name.lower() for name in PINNED.findall((ROOT / "requirements.txt").read_text("utf-8"))}
    assert pinned and pinned <= parts.keys()
    assert all(parts[name]["hashes"] for name in pinned)
    assert {"htmx.org", "source-sans"} <= parts.keys() and "axe-core" not in parts
    addresses = [part["purl"] for part in bill["components"]]
    assert len(addresses) == len(set(addresses))


def test_every_part_has_a_licence_that_leaves_ours_alone(bill: dict[str, Any]) -> None:
    for part in bill["components"]:
        told = [one["license"]["name"] for one in part["licenses"]] or [SILENT.get(part["name"], "")]
        assert all(told), f"look up the licence of {part['name']}"
        assert not [one for one in told if STRONG.search(one)], f"{part['name']}: {told}"


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0", "GNU General Public License v3 (GPLv3)"])
def test_a_strong_licence_would_be_seen(licence: str) -> None:
    assert STRONG.search(licence)
    weaker = licence.replace("GNU General", "GNU Lesser General").replace("AGPL", "LGPL")
    assert not STRONG.search(weaker if weaker != licence else f"L{licence}")


def _secrets_in(text: str) -> list[str]:
    return [what for what, pattern in SECRETS.items() if pattern.search(text)]


def test_no_secret_lies_among_the_files() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    found = {}
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        held = set(_secrets_in(path.read_bytes().decode("utf-8", "ignore"))) - FOR_TESTS.get(name, set())
        if held:
            found[name] = held
    assert found == {}


def test_secrets_would_be_seen(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "infra" / "make_secrets.py"))["make_secrets"](tmp_path, "siedem.example")
    master = (tmp_path / ".secrets" / "master_keys").read_text()
    planted = [
        "-----BEGIN " + "PRIVATE KEY-----\n" + "A" * 64,
        "AGE-SECRET-" + "KEY-1" + "Q" * 58,
        "AKIA" + "Q" * 16,
        "ghp" + "_" + "a" * 36,
        "xoxb" + "-" + "1" * 24,
        (tmp_path / ".secrets" / "database_url").read_text(),
        f"MASTER_KEYS={master}\n",
    ]
    assert [bool(_secrets_in(text)) for text in planted] == [True] * len(planted)
