"""The file of a saved report, as it is in the newest released period."""

from reporting.statistics.actions.reporting import Written
from reporting.statistics.desk.cuts import read_cut
from reporting.statistics.desk.saved import canonical
from reporting.statistics.desk.sheets import sheet_of
from reporting.statistics.exports import file_of
from reporting.statistics.models import SavedReport
from reporting.statistics.periods_due import rule_of
from reporting.statistics.tables import why_text


def write_report(report: SavedReport) -> Written | None:
    """The report in the language at hand; None where nothing of its kind is released. A few statements."""
    asked = canonical(report.query, report.voivodeship_id)
    if asked.span is None:
        return None
    indicator = asked.indicator
    rule = rule_of(indicator.period, asked.span.parts(indicator.period)[-1])
    table = read_cut(asked.cut())
    sheet = sheet_of(table, lambda why: why_text(why, table.indicator, rule, asked.part))
    if sheet.made_at is None:
        return None
    content, name, content_type = file_of(sheet, report.form)
    return Written(str(asked.span), sheet.made_at, content, name, content_type)
