"""Mails of supervision: the link of a survey, without a word of whom it is about."""

from accounts.mailing import mail_address
from kernel.tenancy import require_tenant
from reporting.supervision.models import Survey
from tenants.addresses import tenant_url


def mail_link(survey: Survey, address: str, token: str) -> None:
    """Mail one link. Raises SMTPException or OSError where the mail server is away or refuses the address."""
    mail_address(
        address,
        "supervision/mail/survey_link",
        {"survey": survey, "tenant": require_tenant()},
        path=tenant_url("survey:answer", token),
    )
