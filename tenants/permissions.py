"""Permission names of tenants and the platform."""

from kernel.permissions import register
from tenants.roles import NGO_ROLES, OPERATOR, UNIT_ROLES, Role

ENTER = register("tenants.enter", roles=UNIT_ROLES | NGO_ROLES)
MANAGE_PEOPLE = register("tenants.manage_people", roles={Role.DIRECTOR, Role.NGO_MANAGER})
MANAGE_PARTNERS = register("tenants.manage_partners", roles={Role.DIRECTOR})
OPERATE = register("tenants.operate", roles={OPERATOR})
READ_AUDIT = register("audit.read", roles={Role.DIRECTOR})
