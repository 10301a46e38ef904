"""Permission names of the monthly comparison and the close of months."""

from kernel.permissions import register
from tenants.roles import Role

READ_MONTHS = register(
    "compliance.read",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
        Role.SOCIAL_WORKER,
        Role.INSPECTOR,
        Role.ACCOUNTANT,
        Role.NGO_MANAGER,
        Role.NGO_COORDINATOR,
    },
    personal_data=True,
)
RESOLVE_DEVIATIONS = register(
    "compliance.resolve", roles={Role.DIRECTOR, Role.COORDINATOR}, personal_data=True
)
SUBMIT_MONTH = register(
    "compliance.submit", roles={Role.NGO_MANAGER, Role.NGO_COORDINATOR}, personal_data=True
)
ACCEPT_MONTH = register("compliance.accept", roles={Role.DIRECTOR, Role.COORDINATOR}, personal_data=True)
REOPEN_MONTH = register("compliance.reopen", roles={Role.DIRECTOR}, personal_data=True)
SETTLE_MONTH = register("compliance.settle", roles={Role.DIRECTOR, Role.ACCOUNTANT}, personal_data=True)
CONFIGURE = register("compliance.configure", roles={Role.DIRECTOR})
