"""Tags of the pages of offers."""

from django import template
from django.utils.safestring import SafeString

from contracting.tenders.forms.offer_sections import ShownField
from contracting.tenders.queries.reading import ReadTable
from ui.days import DayInput

register = template.Library()


@register.simple_tag
def cell_head(table: ReadTable, column: int) -> str:
    """The head of a column, which a narrow screen shows beside the cell."""
    return table.head[column]


@register.simple_tag
def day_control(field: ShownField) -> SafeString:
    """The control of a day in the editor: typed as 31.01.2027, with the calendar beside it."""
    described = [f"{field.html_id}-hint"] if field.hint else []
    attrs = {
        "id": field.html_id,
        "class": "input",
        "data-name": field.key,
        "aria-describedby": " ".join([*described, f"{field.html_id}-error"]),
    }
    return DayInput().render(field.name, field.value, attrs)
