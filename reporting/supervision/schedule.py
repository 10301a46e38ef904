"""What the clock starts for supervision: links of surveys that still wait for their mail."""

from celery import shared_task

from kernel.background import hand_over
from reporting.supervision.models import Invitation
from reporting.supervision.tasks import mail_survey_link
from tenants.everywhere import in_every_tenant


@shared_task(name="supervision.mail_waiting_links")
def mail_waiting_links() -> int:
    """Hand over again, in every tenant, links that wait for their mail; returns how many."""

    def send() -> int:
        waiting = Invitation.objects.filter(mailing=Invitation.Mailing.WAITING)
        return sum(hand_over(mail_survey_link, pk) for pk in waiting.values_list("pk", flat=True))

    return in_every_tenant(send)
