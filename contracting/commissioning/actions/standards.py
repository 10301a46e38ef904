"""Verbs on versions of the standard of a service: drafting, changing the draft, publishing it for good."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import Service, StandardVersion
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid


def standard_stamp(version: StandardVersion) -> str:
    """The stamp of a draft as it stands."""
    return stamp_of(_as_values(version))


def _as_values(version: StandardVersion) -> dict[str, Any]:
    return {"sections": version.sections, "valid_from": version.valid_from, "state": version.state}


def draft_standard(service: Service, *, actor: Actor) -> StandardVersion:
    """A draft of the next version, with the texts of the last one.

    Raises DomainError where there is a draft already.
    """
    with transaction.atomic():
        Service.objects.select_for_update().get(pk=service.pk)
        last = StandardVersion.objects.filter(service=service).order_by("-version").first()
        version = StandardVersion(
            service=service,
            version=last.version + 1 if last else 1,
            sections=dict(last.sections) if last else {},
        )
        require_valid(version)
        version.save()
        record(
            "draft_standard",
            actor=actor,
            subject_type="service",
            subject_id=service.pk,
            payload={"version": version.version},
        )
    return version


def _locked_draft(version: StandardVersion) -> StandardVersion:
    locked: StandardVersion = (
        StandardVersion.objects.select_for_update(of=("self",)).select_related("service").get(pk=version.pk)
    )
    if locked.is_published:
        raise DomainError(
            "standard_published",
            _("Version %(version)s is published and never changes: draft the next version.")
            % {"version": locked.version},
            field="state",
            value=locked.state,
        )
    return locked


def edit_standard(
    version: StandardVersion, *, sections: Mapping[str, str], seen: str | None = None, actor: Actor
) -> StandardVersion:
    """Write the sections of a draft. Raises DomainError `standard_published`, Conflict."""
    with transaction.atomic():
        locked = _locked_draft(version)
        require_unchanged(seen, standard_stamp(locked))
        known = StandardVersion.Section.values
        written = {code: sections[code].strip() for code in known if sections.get(code, "").strip()}
        changed = [code for code in known if written.get(code) != locked.sections.get(code)]
        if changed:
            locked.sections = written
            locked.save(update_fields=["sections"])
            record(
                "edit_standard",
                actor=actor,
                subject_type="service",
                subject_id=locked.service_id,
                payload={"version": locked.version, "sections": changed},
            )
    return locked


def publish_standard(version: StandardVersion, *, valid_from: date, actor: Actor) -> StandardVersion:
    """Publish a draft for good. Every section must have its text, and the day must lie after the last version's.

    Raises DomainError with one problem for each section that is empty, `valid_from_too_early`, `standard_published`.
    """
    with transaction.atomic():
        locked = _locked_draft(version)
        empty = [section for section in StandardVersion.Section if not locked.sections.get(section.value)]
        if empty:
            raise DomainError(
                "section_empty",
                _("A standard has all its sections."),
                problems=[
                    Problem(
                        "section_empty",
                        _("The section “%(section)s” is empty: write it, then publish.")
                        % {"section": section.label},
                    )
                    for section in empty
                ],
            )
        _refuse_earlier_day(locked, valid_from)
        locked.valid_from, locked.state = valid_from, StandardVersion.State.PUBLISHED
        locked.published_at, locked.published_by_name = timezone.now(), actor.label
        require_valid(locked)
        locked.save()
        record(
            "publish_standard",
            actor=actor,
            subject_type="service",
            subject_id=locked.service_id,
            payload={"version": locked.version, "valid_from": valid_from},
        )
    return locked


def _refuse_earlier_day(version: StandardVersion, valid_from: date) -> None:
    last = (
        StandardVersion.objects.filter(service=version.service, state=StandardVersion.State.PUBLISHED)
        .order_by("-valid_from")
        .first()
    )
    if last is not None and last.valid_from is not None and valid_from <= last.valid_from:
        raise DomainError(
            "valid_from_too_early",
            _("Version %(version)s is valid from %(day)s: choose a later day.")
            % {"version": last.version, "day": f"{last.valid_from:%d.%m.%Y}"},
            field="valid_from",
            value=valid_from,
        )
