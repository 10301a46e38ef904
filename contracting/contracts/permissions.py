"""Permission names of contracts and workers."""

from kernel.permissions import register
from tenants.roles import Role

_READERS = {
    Role.DIRECTOR,
    Role.COORDINATOR,
    Role.SOCIAL_WORKER,
    Role.BENEFITS_WORKER,
    Role.INSPECTOR,
    Role.NGO_MANAGER,
    Role.NGO_COORDINATOR,
}

READ_CONTRACTS = register("contracts.read", roles=_READERS | {Role.ACCOUNTANT})
EDIT_CONTRACTS = register("contracts.edit", roles={Role.DIRECTOR, Role.COORDINATOR})
READ_WORKERS = register("contracts.read_workers", roles=_READERS)
EDIT_WORKERS = register(
    "contracts.edit_workers",
    roles={Role.DIRECTOR, Role.COORDINATOR, Role.NGO_MANAGER, Role.NGO_COORDINATOR},
)
SIGN_CONTRACTS = register("contracts.sign", roles={Role.DIRECTOR})
