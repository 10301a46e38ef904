"""The import_care document: read, checked, and turned into records ready to be stored."""

from reporting.care.document.faults import DocumentFault, DocumentRefusal
from reporting.care.document.form import SCHEMA_PATH, load_schema
from reporting.care.document.reading import MAX_BYTES, check_care_document, read_care_document
from reporting.care.document.records import (
    ActivityRecord,
    CareDocument,
    ContractRecord,
    DecisionRecord,
    OrganisationRecord,
    PersonRecord,
    PlanSlotRecord,
    QualificationRecord,
    Reference,
    ReferenceKind,
    ServiceRecord,
    SuspensionRecord,
    WorkerRecord,
)
from reporting.care.document.references import refuse_references

__all__ = [
    "MAX_BYTES",
    "SCHEMA_PATH",
    "ActivityRecord",
    "CareDocument",
    "ContractRecord",
    "DecisionRecord",
    "DocumentFault",
    "DocumentRefusal",
    "OrganisationRecord",
    "PersonRecord",
    "PlanSlotRecord",
    "QualificationRecord",
    "Reference",
    "ReferenceKind",
    "ServiceRecord",
    "SuspensionRecord",
    "WorkerRecord",
    "check_care_document",
    "load_schema",
    "read_care_document",
    "refuse_references",
]
