"""Verbs on templates of contracts."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import ContractTemplate
from contracting.contracts.papers import example_facts, fill
from documents.actions import remove_file, store_file
from documents.uploads import check_upload
from kernel.access import Actor
from kernel.errors import DomainError


def store_template(*, name: str, file: Any, actor: Actor) -> ContractTemplate:
    """Keep a template (docx without macros) after it was tried with the facts of an invented contract.

    Raises DomainError of check_upload, `template_wrong` naming the field, or `template_exists`.
    """
    upload = check_upload(file, kinds={"docx"}, field="template")
    fill(upload.content, example_facts())
    try:
        with transaction.atomic():
            stored = store_file(
                upload.content,
                name=upload.name,
                content_type=upload.content_type,
                folder="contract-templates",
                actor=actor,
                brought=True,
            )
            template: ContractTemplate = ContractTemplate.objects.create(
                name=name, stored=stored, uploaded_by=actor.user_id
            )
            record(
                "store_contract_template",
                actor=actor,
                subject_type="contract_template",
                subject_id=template.pk,
                payload={"name": name, "sha256": stored.sha256},
            )
    except IntegrityError as error:
        raise DomainError(
            "template_exists",
            _("Another template has the name “%(name)s”. Choose a different one.") % {"name": name},
            field="name",
            value=name,
        ) from error
    return template


def remove_template(template: ContractTemplate, *, actor: Actor) -> None:
    """Remove a template; contracts made of it keep their documents."""
    with transaction.atomic():
        locked: ContractTemplate = ContractTemplate.objects.select_for_update().get(pk=template.pk)
        record(
            "remove_contract_template",
            actor=actor,
            subject_type="contract_template",
            subject_id=locked.pk,
            payload={"name": locked.name},
        )
        stored = locked.stored
        locked.delete()
        remove_file(stored)
