"""Permission names of promised against delivered, and of evaluations."""

from kernel.permissions import register
from tenants.roles import Role

# Figures of a contract and numbers of decisions, never the name of a person in care.
READ_COMMITMENTS = register(
    "evaluation.read_commitments",
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
STATE_VALUES = register(
    "evaluation.state_values",
    roles={Role.DIRECTOR, Role.COORDINATOR, Role.NGO_MANAGER, Role.NGO_COORDINATOR},
)
CONFIRM_VALUES = register("evaluation.confirm_values", roles={Role.DIRECTOR, Role.COORDINATOR})
CONFIGURE = register("evaluation.configure", roles={Role.DIRECTOR})

# An evaluation is part of the cycle, which is the unit's own work.
READ_EVALUATIONS = register(
    "evaluation.read",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
        Role.SOCIAL_WORKER,
        Role.BENEFITS_WORKER,
        Role.INSPECTOR,
        Role.ACCOUNTANT,
    },
)
EDIT_EVALUATIONS = register("evaluation.edit", roles={Role.DIRECTOR, Role.COORDINATOR})
# What outcomes can count is the tenant's own dictionary.
KEEP_KINDS = register("evaluation.keep_kinds", roles={Role.DIRECTOR, Role.COORDINATOR})
