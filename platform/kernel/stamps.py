"""Stamps: what somebody saw when they began to edit, so that the later of two learns of the earlier."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict


def stamp_of(*values: Any) -> str:
    """A short text that changes with any of the values (dates, decimals, ids, lists and dicts of them)."""
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:20]


def require_unchanged(seen: str | None, current: str) -> None:
    """Refuse an edit that began from an older state. `seen` is None where nobody looked (commands).

    Raises Conflict `changed_meanwhile`.
    """
    if seen is not None and seen != current:
        raise Conflict(
            "changed_meanwhile",
            _(
                "Somebody else changed this while you were editing. Your entries are still in the form: "
                "open the page in another tab, compare, and save once more to replace what stands there now."
            ),
            current={"stamp": current},
        )
