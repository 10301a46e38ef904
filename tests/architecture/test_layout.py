"""The house plan, checked: folders, sizes, imports of the standard library, what must never be committed."""

import ast
import platform as standard_platform
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import DO_NOTHING

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("platform", "tenants", "contracting", "reporting")
MOST_LINES, MOST_TEMPLATE_LINES = 400, 120


def _tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def _python_sources() -> list[Path]:
    return [
        path for path in _tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in SOURCES
    ]


def test_platform_is_a_source_root_and_never_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert Path(standard_platform.__file__).resolve().parent == Path(ast.__file__).resolve().parent


def test_standard_platform_wins_in_a_fresh_process_with_both_roots() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import platform, kernel.ids; print(platform.python_implementation())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "PATH": "/usr/bin:/bin"},
        check=True,
    )
    assert run.stdout.strip() == standard_platform.python_implementation()


def test_only_one_init_under_tests() -> None:
    assert [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("__init__.py")] == [
        Path("tests/__init__.py")
    ]


def test_no_file_grows_beyond_what_one_reads_at_a_glance() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in _python_sources()
        if "migrations" not in path.parts
        and (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert too_long == {}


def test_no_template_grows_beyond_a_screen_or_two() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked()
        if path.suffix == ".html"
        and (lines := len(path.read_text("utf-8").splitlines())) > MOST_TEMPLATE_LINES
    }
    assert too_long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _python_sources()
        if path.read_text("utf-8").strip()
        and "migrations" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_grab_bag_names() -> None:
    words = {"utils", "helpers", "manager", "managers", "misc", "common", "info"}
    assert [
        str(p.relative_to(ROOT)) for p in _python_sources() if p.stem in words or p.parent.name in words
    ] == []


def test_no_signal_receivers() -> None:
    pattern = re.compile(r"@receiver|(post|pre)_(save|delete)\.connect")
    assert [str(p.relative_to(ROOT)) for p in _python_sources() if pattern.search(p.read_text("utf-8"))] == []


def test_integrity_errors_are_never_told_apart_by_constraint_name() -> None:
    pattern = re.compile(r"constraint_name|diag\.")
    assert [str(p.relative_to(ROOT)) for p in _python_sources() if pattern.search(p.read_text("utf-8"))] == []


def test_no_tenant_table_can_exist_in_public() -> None:
    both = set(settings.TENANT_APPS) & set(settings.SHARED_APPS)
    assert both == {"audit"}, "the audit chain of the platform is the one exception (decision 0001)"


@pytest.mark.parametrize("label", [c.label for c in apps.get_app_configs() if c.name in settings.TENANT_APPS])
def test_tenant_models_have_uuid_keys_and_no_constraint_to_public(label: str) -> None:
    public = {c.label for c in apps.get_app_configs() if c.name not in settings.TENANT_APPS}
    for model in apps.get_app_config(label).get_models():
        assert model._meta.pk.get_internal_type() == "UUIDField", model
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model._meta.app_label in public:
                name = f"{model.__name__}.{field.name}"
                assert not field.db_constraint, f"{name} would constrain to public"
                # Otherwise whoever deletes there would look into a tenant's table from outside of any tenant.
                assert field.remote_field.on_delete is DO_NOTHING, (
                    f"{name} would be asked when something public goes"
                )


def test_nothing_of_a_machine_is_committed() -> None:
    host = re.compile(r"pypi\.org|registry\.npmjs|files\.pythonhosted|--(extra-)?index-url\s+http")
    place = re.compile(r"(^|[\s\"'=(])/(work|root|home)/[a-z]")
    offenders = []
    for path in _tracked():
        if path.suffix in {".png", ".woff2", ".ico"} or path == Path(__file__).resolve():
            continue
        text = path.read_text("utf-8", errors="ignore")
        if host.search(text) or place.search(text):
            offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []
