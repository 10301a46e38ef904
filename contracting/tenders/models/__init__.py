"""Calls, offers, the committee and its scores."""

from contracting.tenders.models.calls import Amendment, Call, CallKey, Criterion, Lot, Question
from contracting.tenders.models.committee import Committee, Declaration, FormalCheck, OfficeDeclaration, Seat
from contracting.tenders.models.offers import (
    LateAttempt,
    Offer,
    OfferFile,
    OfferPartner,
    OpenedOffer,
    Opening,
    RecoveryKey,
    SealedOffer,
    UnreadableOffer,
)
from contracting.tenders.models.postings import OfferPosting, PostingComment
from contracting.tenders.models.publications import Publication, ResultsChange
from contracting.tenders.models.scoring import (
    Award,
    Evaluation,
    JointNote,
    JustificationRequest,
    Protocol,
    ProtocolSignature,
    Score,
)

__all__ = [
    "Amendment",
    "Award",
    "Call",
    "CallKey",
    "Committee",
    "Criterion",
    "Declaration",
    "Evaluation",
    "FormalCheck",
    "JointNote",
    "JustificationRequest",
    "LateAttempt",
    "Lot",
    "Offer",
    "OfferFile",
    "OfferPartner",
    "OfferPosting",
    "OfficeDeclaration",
    "OpenedOffer",
    "Opening",
    "PostingComment",
    "Protocol",
    "ProtocolSignature",
    "Publication",
    "Question",
    "RecoveryKey",
    "ResultsChange",
    "Score",
    "SealedOffer",
    "Seat",
    "UnreadableOffer",
]
