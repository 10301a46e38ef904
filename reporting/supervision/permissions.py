"""Permission names of supervision."""

from kernel.permissions import register
from tenants.roles import Role

_UNIT = {Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER, Role.INSPECTOR}
_PROVIDER = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_SUPERVISION = register("supervision.read", roles=_UNIT | _PROVIDER, personal_data=True)
INSPECT = register(
    "supervision.inspect", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR}, personal_data=True
)
ANSWER = register("supervision.answer", roles=_PROVIDER, personal_data=True)
RECOMMEND = register("supervision.recommend", roles={Role.DIRECTOR, Role.COORDINATOR}, personal_data=True)
# A social worker issues decisions and so closes the tasks to change them.
SETTLE_TASKS = register(
    "supervision.settle_tasks",
    roles={Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER},
    personal_data=True,
)
REPORT_BREACH = register("supervision.report_breach", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR})
DECIDE_BREACH = register("supervision.decide_breach", roles={Role.DIRECTOR})
SURVEY = register(
    "supervision.survey", roles={Role.DIRECTOR, Role.COORDINATOR, Role.INSPECTOR}, personal_data=True
)
CONFIGURE_SUPERVISION = register("supervision.configure", roles={Role.DIRECTOR})
