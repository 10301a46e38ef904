"""System checks of the house rules that Django cannot know."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from kernel.models import Shared, SharedRegister, TenantOwned


@register()
def check_ownership(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every model of ours declares where its rows live, and its app lies in the list that says the same."""
    problems: list[CheckMessage] = []
    for model in apps.get_models():
        config = apps.get_app_config(model._meta.app_label)
        if not str(config.path).startswith(str(settings.ROOT)) or "site-packages" in str(config.path):
            continue
        in_tenant = config.name in settings.TENANT_APPS
        if issubclass(model, TenantOwned):
            wrong = not in_tenant
        elif issubclass(model, Shared | SharedRegister):
            wrong = config.name not in settings.SHARED_APPS
        else:
            wrong = True
        if wrong:
            problems.append(
                Error(
                    f"{model._meta.label} must derive from a base of kernel.models as its app is listed.",
                    id="kernel.E001",
                )
            )
    return problems
