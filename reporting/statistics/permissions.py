"""Permission names of the region's desk, and of what a tenant sends to it."""

from kernel.permissions import register
from tenants.roles import ANALYST, Role

READ_REGION = register("statistics.read_region", roles={ANALYST})
WRITE_NOTES = register("statistics.write_notes", roles={ANALYST})
SAVE_REPORTS = register("statistics.save_reports", roles={ANALYST})
READ_SENT = register("statistics.read_sent", roles={Role.DIRECTOR, Role.COORDINATOR})
APPROVE_SENDING = register("statistics.approve_sending", roles={Role.DIRECTOR})
ANSWER_NOTES = register("statistics.answer_notes", roles={Role.DIRECTOR})
