"""Permission names of the interface for providers' systems."""

from kernel.permissions import register
from tenants.roles import Role

READ_INTERFACE = register("exchange.read", roles={Role.DIRECTOR, Role.NGO_MANAGER})
# Whoever makes a token lets a program read what they may read themselves.
MAKE_TOKENS = register("exchange.make_tokens", roles={Role.NGO_MANAGER}, personal_data=True)
REVOKE_TOKENS = register("exchange.revoke_tokens", roles={Role.DIRECTOR, Role.NGO_MANAGER})
MANAGE_WEBHOOKS = register("exchange.manage_webhooks", roles={Role.NGO_MANAGER})
