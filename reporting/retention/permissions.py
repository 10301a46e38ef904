"""Permission names of retention."""

from kernel.permissions import register
from tenants.roles import Role

_OVERSEE = {Role.DIRECTOR, Role.PRIVACY_OFFICER}

READ = register("retention.read", roles=_OVERSEE, personal_data=True)
# Which classes and holds there are; the officer advises and watches, the director answers for what is done.
KEEP = register("retention.keep", roles=_OVERSEE, personal_data=True)
CONFIRM = register("retention.confirm", roles={Role.DIRECTOR}, personal_data=True)
