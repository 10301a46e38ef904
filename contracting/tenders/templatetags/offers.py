"""Tags of the pages of offers."""

from django import template

from contracting.tenders.queries.reading import ReadTable

register = template.Library()


@register.simple_tag
def cell_head(table: ReadTable, column: int) -> str:
    """The head of a column, which a narrow screen shows beside the cell."""
    return table.head[column]
