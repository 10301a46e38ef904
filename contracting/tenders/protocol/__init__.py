"""The committee's protocol: composed from what was entered, as data and as a tagged PDF."""

from contracting.tenders.protocol.facts import protocol_facts
from contracting.tenders.protocol.pdf import protocol_pdf

__all__ = ["protocol_facts", "protocol_pdf"]
