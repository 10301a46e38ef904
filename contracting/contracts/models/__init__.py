"""Contracts, what leads to them and changes them, and the workers who deliver under them."""

from contracting.contracts.models.agreements import (
    Commitment,
    ContractAmendment,
    ContractDraft,
    ContractTemplate,
    Signature,
    Tranche,
)
from contracting.contracts.models.arrangements import Arrangement
from contracting.contracts.models.contracts import Contract, ContractQuerySet, NamedStaff
from contracting.contracts.models.scopes import OrganisationScoped, to_organisation
from contracting.contracts.models.workers import Worker, WorkerQualification, WorkerQuerySet

__all__ = [
    "Arrangement",
    "Commitment",
    "Contract",
    "ContractAmendment",
    "ContractDraft",
    "ContractQuerySet",
    "ContractTemplate",
    "NamedStaff",
    "OrganisationScoped",
    "Signature",
    "Tranche",
    "Worker",
    "WorkerQualification",
    "WorkerQuerySet",
    "to_organisation",
]
