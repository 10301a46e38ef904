"""The OpenAPI description of version 1, made from its views, and the same as rows for a page."""

import json
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator

_NO_BRACES = str.maketrans("", "", "{}")
_V1: list[URLPattern] = []


def describe_with(patterns: list[URLPattern]) -> list[URLPattern]:
    """Say once, where the addresses are written, which of them are described; gives them back."""
    _V1[:] = patterns
    return patterns


def describe(slug: str) -> dict[str, Any]:
    """The description as JSON, with the addresses of one tenant, in the active language."""
    generator = SchemaGenerator(patterns=_V1)  # type: ignore[no-untyped-call]
    made = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    description: dict[str, Any] = json.loads(json.dumps(made, default=str))
    description["servers"] = [{"url": f"/{slug}/api"}]
    return description


@dataclass(frozen=True)
class Operation:
    """One address with its method, as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]

    @property
    def anchor(self) -> str:
        return f"{self.method}{self.path}".lower().replace("/", "-").strip("-").translate(_NO_BRACES)


def operations_of(description: dict[str, Any]) -> list[Operation]:
    """Every operation of a description, in the order of its addresses."""
    return [
        Operation(
            method=method.upper(),
            path=path,
            summary=operation.get("summary", ""),
            description=operation.get("description", ""),
            parameters=[
                {**parameter, "text": parameter.get("description", "")}
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query" or parameter["name"] == "If-Match"
            ],
        )
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def refusals_of(description: dict[str, Any]) -> list[tuple[str, str]]:
    """Every status of a refusal with its meaning, once."""
    told = {
        status: answer.get("description", "")
        for methods in description["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
    }
    return sorted((status, meaning) for status, meaning in told.items() if int(status) >= 400)
