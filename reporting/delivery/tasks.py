"""Work on imports that is handed to the background: by id, inside the tenant, safe to do twice."""

from uuid import UUID

from celery import shared_task

from kernel.tenancy import require_tenant
from reporting.delivery.importing import work


@shared_task(name="delivery.check_import")
def check_import(import_id: str) -> None:
    """Check the file of an import."""
    require_tenant()
    work.check_import(UUID(import_id))


@shared_task(name="delivery.save_import")
def save_import(import_id: str) -> None:
    """Save an import that was confirmed."""
    require_tenant()
    work.save_import(UUID(import_id))
