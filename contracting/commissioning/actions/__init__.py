"""Verbs of commissioning: on services and their standards, and on cycles and their seven steps."""

from contracting.commissioning.actions.services import (
    ActivityLine,
    create_service,
    edit_service,
    name_qualifications,
    name_unknown_qualifications,
    service_stamp,
    store_service,
)

__all__ = [
    "ActivityLine",
    "create_service",
    "edit_service",
    "name_qualifications",
    "name_unknown_qualifications",
    "service_stamp",
    "store_service",
]
