"""Rules for infra/Dockerfile and for the images that are taken from elsewhere; each is shown to refuse what it forbids."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings

ROOT: Path = settings.ROOT
DOCKERFILE = (ROOT / "infra" / "Dockerfile").read_text("utf-8")
# A patch version: what is built twice of a version is the same but for rebuilds of its base.
PINNED = re.compile(r":v?\d+\.\d+\.\d+(?:[-.][\w.-]+)?(?:@sha256:[0-9a-f]{64})?$")
# What their makers number by two figures.
TWO_FIGURES = {"postgres", "chrislusf/seaweedfs"}


def _lines(text: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def wrong(text: str) -> Iterator[str]:
    """What the rules have against a Dockerfile."""
    lines = _lines(text)
    stages: set[str] = set()
    for line in lines:
        words = line.split()
        if words[0] == "FROM":
            if words[1] not in stages and not PINNED.search(words[1]):
                yield f"floats: {words[1]}"
            stages |= {words[3]} if len(words) > 3 else set()
        if words[0] == "ADD":
            yield "ADD fetches or unpacks: COPY, or RUN with a checked sum"
        if "pip install" in line and "--require-hashes" not in line:
            yield "pip without hashes"
        if "pip install" in line and "--no-cache-dir" not in line:
            yield "pip leaves its cache"
        if re.search(r"apt(?:-get)? install", line):
            if "rm -rf /var/lib/apt/lists" not in line:
                yield "lists of apt stay"
            if "--no-install-recommends" not in line:
                yield "apt brings what nobody asked for"
        if re.search(r"npm (?:install|i)\b", line):
            yield "npm without its lock: npm ci"
        if re.search(r"(?:curl|wget)\b.*\|\s*(?:ba)?sh", line):
            yield "runs what it fetches"
        if re.search(r"\bsudo\b", line):
            yield "sudo"
        if words[0] in {"ENV", "ARG"} and re.search(r"(?:PASSWORD|SECRET|TOKEN|_KEY)\w*=", line):
            yield "a secret stays in the image"
    last = lines[max(place for place, line in enumerate(lines) if line.startswith("FROM")) :]
    users = [line.split()[1] for line in last if line.startswith("USER ")]
    if not users or re.match(r"(?:root|0)\b", users[-1]):
        yield "runs as root"
    commands = [line.removeprefix("CMD ") for line in last if line.startswith("CMD ")]
    if len(commands) != 1 or not commands[0].startswith("["):
        yield "one CMD in exec form"


def test_our_dockerfile_keeps_the_rules() -> None:
    assert list(wrong(DOCKERFILE)) == []
    [command] = [line.removeprefix("CMD ") for line in _lines(DOCKERFILE) if line.startswith("CMD ")]
    assert json.loads(command)[0] == "gunicorn"


SOUND = 'FROM python:3.11.15-slim\nRUN pip install --no-cache-dir --require-hashes -r r.txt\nUSER 10001\nCMD ["x"]\n'


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (":3.11.15-slim", ":3.11-slim", "floats: python:3.11-slim"),
        (":3.11.15-slim", ":latest", "floats: python:latest"),
        (":3.11.15-slim", "", "floats: python"),
        ("RUN pip", "ADD https://files.example/x.tar /x\nRUN pip", "ADD fetches or unpacks: COPY, or RUN with a checked sum"),
        (" --require-hashes", "", "pip without hashes"),
        (" --no-cache-dir", "", "pip leaves its cache"),
        ("RUN pip", "RUN apt-get install --no-install-recommends -y git\nRUN pip", "lists of apt stay"),
        ("RUN pip", "RUN apt-get install \\\n  git && rm -rf /var/lib/apt/lists\nRUN pip", "apt brings what nobody asked for"),
        ("RUN pip", "RUN npm install\nRUN pip", "npm without its lock: npm ci"),
        ("RUN pip", "RUN curl -s https://x.example | sh\nRUN pip", "runs what it fetches"),
        ("RUN pip", "ENV API_TOKEN=x\nRUN pip", "a secret stays in the image"),
        ("USER 10001\n", "", "runs as root"),
        ("USER 10001", "USER 0:0", "runs as root"),
        ('CMD ["x"]', "CMD x", "one CMD in exec form"),
        ('CMD ["x"]', 'CMD ["x"]\nCMD ["y"]', "one CMD in exec form"),
    ],
)  # fmt: skip
def test_each_rule_refuses_what_it_forbids(before: str, after: str, told: str) -> None:
    assert list(wrong(SOUND)) == []
    assert list(wrong(SOUND.replace(before, after))) == [told]


def test_images_of_others_are_pinned_to_a_patch_version() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    images = {re.sub(r"^\$\{[A-Z_]+:-(.*)\}$", r"\1", service["image"]) for service in services.values()}
    others = {image for image in images if not image.startswith("siedem:")}
    assert len(others) > 8
    floating = {image for image in others if not PINNED.search(image)}
    assert {image for image in floating if image.partition(":")[0] not in TWO_FIGURES} == set()
    assert all(re.search(r":\d+\.\d+(?:-[a-z]+)?$", image) for image in floating)
