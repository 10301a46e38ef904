"""The READMEs of the top folders name only what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ["platform", "tenants", "contracting", "reporting", "infra", "tests"]
LINK = re.compile(r"\]\(([^)#:]+)\)")
NAMED = re.compile(r"`([\w.][\w./-]*(?:\.py|/))`")
COMMAND = re.compile(r"manage\.py (\w+)")


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_readme_names_is_there(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text("utf-8")
    named = {*LINK.findall(text), *NAMED.findall(text)}
    assert named, "a README says where to begin"
    gone = [
        name
        for name in named
        if not any((base / name).exists() for base in (ROOT / folder, ROOT, ROOT / "tests" / "reporting"))
        and not list((ROOT / folder).rglob(name))
    ]
    assert gone == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_commands_of_a_readme_exist(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text("utf-8")
    ours = {
        path.stem for path in ROOT.glob("*/**/management/commands/*.py") if "site-packages" not in str(path)
    }
    assert set(COMMAND.findall(text)) - ours - {"collectstatic"} == set()
    listed = re.findall(r"^Commands[^\n]*", text, re.MULTILINE)
    assert {name for line in listed for name in re.findall(r"`(\w+)`", line)} <= ours


PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for place in ("platform", "infra", "terraform", "tests", "tenants", "contracting", "reporting")
    for path in (ROOT / place).rglob("*.md")
)


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(page: str) -> None:
    head, uneven = 0, []
    for number, line in enumerate((ROOT / page).read_text("utf-8").splitlines(), 1):
        # A stroke within code, or with a backslash before it, parts no cells.
        cells = len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", line))) if line.startswith("|") else 0
        if cells and head and cells != head:
            uneven.append(f"{number}: {line[:60]}")
        head = (head or cells) if cells else 0
    assert uneven == []
