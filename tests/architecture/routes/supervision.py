"""Routes of supervision."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "supervision:inspections": of(),
    "supervision:settings": of(),
    "supervision:plan_inspection": of(),
    "supervision:inspection": of(pk="inspection"),
    "supervision:change_inspection": of(pk="planned_inspection"),
    "supervision:call_off_inspection": of(pk="planned_inspection"),
    "supervision:draw_sample": of(pk="planned_inspection"),
    "supervision:check_item": of(pk="held_inspection", item_pk="sampled_item"),
    "supervision:write_protocol": of(pk="held_inspection"),
    "supervision:add_finding": of(pk="held_inspection"),
    "supervision:change_finding": of(pk="held_inspection", finding_pk="finding"),
    "supervision:remove_finding": of(pk="held_inspection", finding_pk="finding"),
    "supervision:send_protocol": of(pk="held_inspection"),
    "supervision:answer_protocol": of(pk="inspection"),
    "supervision:close_inspection": of(pk="inspection"),
    "supervision:protocol_pdf": of(pk="inspection"),
    "supervision:report_recommendation": of(pk="recommendation"),
    "supervision:follow_up_recommendation": of(pk="recommendation"),
}
