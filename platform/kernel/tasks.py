"""The one task of the kernel: the errand that shows that the clock is heard."""

from celery import shared_task

from kernel import heartbeat


@shared_task(name="kernel.renew_heartbeat", expires=60)
def renew_heartbeat() -> None:
    """Renew the mark; what waited too long is left out, so that a stuck queue does not look alive."""
    heartbeat.renew()
