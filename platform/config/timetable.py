"""What the clock starts, and how often: seconds, or times of the day in Warsaw."""

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, object]] = {
    "renew-heartbeat": {"task": "kernel.renew_heartbeat", "schedule": 60},
    "measure-tenants": {"task": "tenants.measure", "schedule": 600},
    "clear-sessions": {"task": "accounts.clear_expired_sessions", "schedule": 24 * 3600},
    "expire-invitations": {"task": "tenants.expire_invitations", "schedule": 3600},
    "send-waiting-invitations": {"task": "tenants.send_waiting_invitations", "schedule": 300},
    "keep-checkpoints": {"task": "tenants.keep_checkpoints", "schedule": 3600},
    "finish-erasures": {"task": "tenants.finish_erasures", "schedule": 60},
    "close-ended-partnerships": {"task": "tenants.close_ended_partnerships", "schedule": 3600},
    "apply-amendments": {"task": "contracts.apply_all_amendments", "schedule": 3600},
    "sweep-files": {"task": "documents.sweep_all_files", "schedule": 24 * 3600},
    "scan-waiting-files": {"task": "tenants.scan_waiting_files", "schedule": 600},
    "close-due-calls": {"task": "tenders.close_due_calls", "schedule": 60},
    "propose-clearances": {
        "task": "retention.propose_clearances",
        "schedule": crontab(hour=3, minute=20, day_of_month=2),
    },
    "finish-clearances": {"task": "retention.finish_clearances", "schedule": crontab(hour=3, minute=0)},
    "remind-of-months": {"task": "compliance.remind_of_months", "schedule": crontab(hour=7, minute=0)},
    "resume-acceptances": {"task": "compliance.resume_acceptances", "schedule": 60},
    "resume-reassignments": {"task": "continuity.resume_reassignments", "schedule": 60},
    "remind-of-advice": {"task": "advice.remind", "schedule": crontab(hour="9-19", minute=10)},
    "end-offers-of-advice": {"task": "advice.end_offers", "schedule": crontab(minute=40)},
    "make-advice-slots": {"task": "advice.make_slots", "schedule": crontab(hour=2, minute=20)},
    "serve-webhooks": {"task": "exchange.serve_webhooks", "schedule": 60},
    "forget-old-calls": {"task": "exchange.forget_old", "schedule": 24 * 3600},
    "send-waiting-notices": {"task": "tenders.send_waiting_notices", "schedule": 300},
    "mail-survey-links": {"task": "supervision.mail_waiting_links", "schedule": 3600},
    "remind-of-reports": {"task": "supervision.remind_of_reports", "schedule": crontab(hour=7, minute=10)},
    "mail-urgent-observations": {"task": "field.mail_waiting", "schedule": 300},
    "mail-region-notes": {"task": "statistics.mail_waiting_notes", "schedule": 300},
    "publish-figures": {"task": "statistics.publish_due", "schedule": 3600},
}
