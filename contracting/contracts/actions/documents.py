"""Verbs on the paper of a draft: made from a template or brought back edited; fixed while the sides sign it."""

from typing import Any

from django.db import transaction

from audit.actions import record
from contracting.contracts.actions.drafts import locked_draft, require_state
from contracting.contracts.models import ContractDraft, ContractTemplate
from contracting.contracts.papers import DEFAULT_TEMPLATE, MEDIA_TYPE, facts_of, fill
from documents.actions import open_file, store_file
from documents.uploads import check_upload
from kernel.access import Actor

State = ContractDraft.State


def make_document(draft: ContractDraft, *, template: ContractTemplate | None, actor: Actor) -> ContractDraft:
    """Keep the paper (docx) that a template, or the platform's own, makes of the draft as it stands.

    A later change of the draft throws it away. Raises DomainError `wrong_state`, `template_wrong`.
    """
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.DRAFT)
        if template is None:
            pattern = DEFAULT_TEMPLATE.read_bytes()
        else:
            with open_file(template.stored) as file:
                pattern = file.read()
        content = fill(pattern, facts_of(locked))
        name = f"umowa-{locked.number or locked.pk}.docx".replace("/", "-")
        return _keep(locked, "make_contract_document", content, name, MEDIA_TYPE, actor)


def bring_document(draft: ContractDraft, *, file: Any, actor: Actor) -> ContractDraft:
    """Keep the paper as somebody edited it (docx or pdf), in place of the one that was made.

    A later change of the draft throws it away. Raises DomainError `wrong_state` and those of check_upload.
    """
    upload = check_upload(file, kinds={"docx", "pdf"}, field="file")
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.DRAFT)
        return _keep(
            locked,
            "bring_contract_document",
            upload.content,
            upload.name,
            upload.content_type,
            actor,
            brought=True,
        )


def _keep(
    draft: ContractDraft,
    verb: str,
    content: bytes,
    name: str,
    media: str,
    actor: Actor,
    *,
    brought: bool = False,
) -> ContractDraft:
    draft.document = store_file(
        content, name=name, content_type=media, folder="contracts", actor=actor, brought=brought
    )
    draft.save(update_fields=["document"])
    record(
        verb,
        actor=actor,
        subject_type="contract_draft",
        subject_id=draft.pk,
        payload={"sha256": draft.document.sha256},
    )
    return draft
