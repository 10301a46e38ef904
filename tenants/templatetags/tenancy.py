"""`{% tenant_url 'care:person' person.pk %}`: an address inside the tenant at hand."""

from typing import Any

from django import template

from tenants import addresses

register = template.Library()


@register.simple_tag
def tenant_url(name: str, *args: Any) -> str:
    return addresses.tenant_url(name, *args)


@register.simple_tag(takes_context=True)
def may(context: Any, permission: str) -> bool:
    """Whether the person may: `{% may 'care.edit_persons' as editable %}`."""
    return bool(context["request"].access.may(permission))
