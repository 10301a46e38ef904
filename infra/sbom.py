"""A list of all parts in use with versions, hashes and licences, as CycloneDX 1.6 on standard output.

Of the packages that requirements.txt and package-lock.json pin; licences are as each installed package says.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER = "License :: OSI Approved :: "


def python_parts(text: str) -> list[dict[str, Any]]:
    """Components of a compiled list of requirements."""
    parts: list[dict[str, Any]] = []
    for line in text.splitlines():
        if found := _PINNED.match(line):
            name, version = found[1].lower(), found[2]
            part = _part(name, version, f"pkg:pypi/{name}@{version}", _licences(name))
            parts.append(part | {"hashes": []})
        for content in _HASH.findall(line):
            parts[-1]["hashes"].append({"alg": "SHA-256", "content": content})
    return parts


def script_parts(text: str) -> list[dict[str, Any]]:
    """Components of npm's lock file that reach browsers."""
    told = json.loads(text)["packages"]
    parts = []
    for place, package in told.items():
        if place and not package.get("dev"):
            name = place.rpartition("node_modules/")[2]
            address = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            licence = package.get("license")
            parts.append(_part(name, package["version"], address, [licence] if licence else []))
    return parts


def _part(name: str, version: str, address: str, licences: list[str]) -> dict[str, Any]:
    return {
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
        "licenses": [{"license": {"name": licence}} for licence in licences],
    }  # fmt: skip


def _licences(name: str) -> list[str]:
    """What an installed package says of itself; nothing where it is for another system than this one."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expression := told.get("License-Expression"):
        return [expression]
    classified = [
        one.removeprefix(_CLASSIFIER)
        for one in told.get_all("Classifier") or []
        if one.startswith(_CLASSIFIER)
    ]
    named = (told.get("License") or "").strip().splitlines()
    return classified or named[:1]


def bill() -> dict[str, Any]:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "siedem", "bom-ref": "siedem"}},
        "components": [
            *python_parts((ROOT / "requirements.txt").read_text("utf-8")),
            *script_parts((ROOT / "package-lock.json").read_text("utf-8")),
        ],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
