"""The paper of a contract: a docx template that an office edits, filled from a draft.

Fields stand in double braces, `{{ contract.number }}`; rows of tables repeat between `{%tr for row in staff %}` and
`{%tr endfor %}`. Templates run in a sandbox: they reach what `facts_of` gives, and nothing else.
"""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from contracting.contracts.models import ContractDraft
from contracting.contracts.rules.drafting import own_part
from contracting.tenders.excerpts import figure_text
from kernel.errors import DomainError
from kernel.tenancy import require_tenant
from ui.formatting import format_date_text, format_minutes_text, format_money, format_plain

DEFAULT_TEMPLATE = Path(__file__).with_name("umowa.docx")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def fill(template: bytes, facts: dict[str, Any]) -> bytes:
    """The document that a template (docx) makes of facts.

    Raises DomainError `template_wrong` with the field or sign that the template has wrong. A template is a program
    of its author, so whatever it raises (a division by zero, a sum of a text and a number) is a fault of the template.
    """
    sandbox = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    out = BytesIO()
    try:
        document = DocxTemplate(BytesIO(template))
        document.render(facts, jinja_env=sandbox)
        document.save(out)
    except Exception as error:
        raise DomainError(
            "template_wrong",
            _("The template cannot be filled: %(fault)s. Compare its fields with the list of fields.")
            % {"fault": _fault_of(error)},
            field="template",
        ) from error
    return out.getvalue()


def _fault_of(error: Exception) -> str:
    """What jinja says of a wrong sign or field; of any other error its class, with its words where it has some."""
    if isinstance(error, TemplateError) and error.message:
        return error.message
    return f"{type(error).__name__}: {error}".rstrip(": ")


def facts_of(draft: ContractDraft) -> dict[str, Any]:
    """What a template may name, in Polish as contracts are: texts only, money and days as people write them."""
    offer = draft.award.offer
    content, tenant = offer.opened.content, require_tenant()
    bidder, sealed = content.get("bidder", {}), offer.opened.sealed
    with override("pl"):
        return {
            "tenant": {"name": tenant.name, "unit": tenant.unit_name},
            "organisation": {
                "name": offer.organisation.name,
                "krs": offer.organisation.krs or "",
                "nip": offer.organisation.nip or "",
                "address": str(bidder.get("address", "")),
            },
            "partners": ", ".join(str(partner.get("name", "")) for partner in content.get("partners", [])),
            "service": {"name": offer.call.service.name},
            "call": {"number": offer.call.number or "", "title": offer.call.title},
            "task": {"title": str(content.get("task", {}).get("title") or offer.call.title)},
            "offer": {
                "number": str(offer.number or ""),
                "sha256": sealed.sha256,
                "submitted_on": format_date_text(sealed.submitted_at),
            },
            "contract": {
                "number": draft.number or "…………",
                "valid_from": format_date_text(draft.valid_from),
                "valid_to": format_date_text(draft.valid_to),
                "amount": format_money(draft.amount),
                "outside_grant": format_money(draft.outside_grant) if draft.outside_grant else "",
                "own_contribution": format_money(own) if (own := own_contribution_of(draft)) else "",
                "own_share_min": format_plain(offer.call.own_share_min) if offer.call.own_share_min else "",
                "price_per_hour": format_money(draft.price_per_hour),
                "cap_hours": "" if draft.cap_minutes is None else format_minutes_text(draft.cap_minutes),
                "subcontracting": draft.subcontracting,
            },
            "tranches": [
                {
                    "year": str(row.year),
                    "amount": format_money(row.amount),
                    "hours": "–" if row.minutes is None else format_minutes_text(row.minutes),
                }
                for row in draft.tranches.all()
            ],
            "staff": staff_of(draft),
            "commitments": [
                {
                    "indicator": row.indicator,
                    "promised": f"{row.get_direction_display()} {_plain(row.promised)} {row.unit}".strip(),
                    "method": row.method or str(row.get_measure_display()),
                }
                for row in draft.commitments.all()
            ],
        }


def staff_of(draft: ContractDraft) -> list[dict[str, str]]:
    """The staff that the offer named: name, function, share of full time as people write it."""
    return [
        {
            "name": str(person.get("name", "")),
            "function": str(person.get("function", "")),
            "fte": figure_text(person.get("fte", "")),
        }
        for person in draft.staff
    ]


def own_contribution_of(draft: ContractDraft) -> Decimal:
    """What of the costs outside the grant the organisation bears itself (PLN), as in its offer; 0 where nothing."""
    opened = draft.award.offer.opened
    outside = (opened.total or Decimal(0)) - (opened.grant or Decimal(0))
    return own_part(draft.outside_grant, opened.own_contribution or Decimal(0), outside)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def example_facts() -> dict[str, Any]:
    """Facts of an invented contract, to try a template with."""
    row = {"year": "2027", "amount": "1,00 zł", "hours": "1 h"}
    return {
        "tenant": {"name": "-", "unit": "-"},
        "organisation": {"name": "-", "krs": "", "nip": "", "address": ""},
        "partners": "",
        "service": {"name": "-"},
        "call": {"number": "-", "title": "-"},
        "task": {"title": "-"},
        "offer": {"number": "1", "sha256": "0" * 64, "submitted_on": "-"},
        "contract": {
            "number": "-",
            "valid_from": "-",
            "valid_to": "-",
            "amount": "-",
            "outside_grant": "-",
            "own_contribution": "-",
            "own_share_min": "-",
            "price_per_hour": "-",
            "cap_hours": "-",
            "subcontracting": False,
        },
        "tranches": [row],
        "staff": [{"name": "-", "function": "-", "fte": "-"}],
        "commitments": [{"indicator": "-", "promised": "-", "method": "-"}],
    }
