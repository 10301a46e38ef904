"""Verbs on files of advice: bring one, let it be saved, try again."""

from typing import cast

from django.db import transaction

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import store_file
from kernel.access import Access, Actor
from reporting.advice import tasks
from reporting.advice.models import AdviceFile
from reporting.delivery.actions.brought import confirm_file, hand_over_file, retry_file

FOLDER = "advice"


def bring_file(
    content: bytes,
    *,
    name: str,
    content_type: str,
    access: Access,
    contract: Contract | None,
    actor: Actor,
) -> AdviceFile:
    """Keep the file and let it be checked in the background; an empty or too large one is refused there at last."""
    with transaction.atomic():
        stored = store_file(
            content, name=name, content_type=content_type, folder=FOLDER, actor=actor, brought=True
        )
        brought: AdviceFile = AdviceFile.objects.create(
            contract=contract,
            organisation_ids=None if access.organisation_ids is None else sorted(access.organisation_ids),
            file=stored,
            created_by=actor.user_id,
            created_by_name=actor.label,
        )
        record(
            "bring_advice_file",
            actor=actor,
            subject_type="advice_file",
            subject_id=brought.pk,
            payload={"file_sha256": stored.sha256, "size": stored.size},
        )
        hand_over_file(tasks.check_file, brought)
    return brought


def confirm_advice_file(advice_file: AdviceFile, *, actor: Actor) -> AdviceFile:
    """Let a checked file be saved whole. Confirming again changes nothing; a file that is not ready is refused."""
    return cast("AdviceFile", confirm_file(advice_file, tasks.save_file, actor=actor))


def retry_advice_file(advice_file: AdviceFile) -> AdviceFile:
    """Hand interrupted or forgotten work to the background once more; what was done already is not done twice."""
    return cast("AdviceFile", retry_file(advice_file, tasks.check_file, tasks.save_file))
