"""Verbs of commissioning: on services and their standards, on cycles and their seven steps, on the directory."""

from contracting.commissioning.actions.cycles import (
    NextCycle,
    abandon_cycle,
    close_cycle,
    create_cycle,
    cycle_stamp,
    edit_cycle,
)
from contracting.commissioning.actions.evaluation import record_results
from contracting.commissioning.actions.needs import (
    count_resources,
    edit_assessment,
    edit_consultations,
    edit_groups,
    edit_needs,
)
from contracting.commissioning.actions.resources import resource_stamp, save_resource, verify_resource
from contracting.commissioning.actions.rows import rows_stamp, write_rows
from contracting.commissioning.actions.services import (
    ActivityLine,
    create_service,
    edit_service,
    name_qualifications,
    name_unknown_qualifications,
    service_stamp,
    store_service,
)
from contracting.commissioning.actions.standards import (
    draft_standard,
    edit_standard,
    publish_standard,
    standard_stamp,
)
from contracting.commissioning.actions.steps import (
    pass_step,
    plan_step,
    reopen_step,
    require_open_step,
    step_stamp,
)
from contracting.commissioning.actions.workflow import STEP

__all__ = [
    "STEP",
    "ActivityLine",
    "NextCycle",
    "abandon_cycle",
    "close_cycle",
    "count_resources",
    "create_cycle",
    "create_service",
    "cycle_stamp",
    "draft_standard",
    "edit_assessment",
    "edit_consultations",
    "edit_cycle",
    "edit_groups",
    "edit_needs",
    "edit_service",
    "edit_standard",
    "name_qualifications",
    "name_unknown_qualifications",
    "pass_step",
    "plan_step",
    "publish_standard",
    "record_results",
    "reopen_step",
    "require_open_step",
    "resource_stamp",
    "rows_stamp",
    "save_resource",
    "service_stamp",
    "standard_stamp",
    "step_stamp",
    "store_service",
    "verify_resource",
    "write_rows",
]
