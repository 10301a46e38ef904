"""Routes of advice."""

from tests.architecture.entries import FIGURES, PERSONS, Entry, file_of, form_only, of

ROWS: dict[str, Entry] = {
    "advice:list": of(),
    "advice:export": file_of(PERSONS),
    "advice:book": of(),
    "advice:requests": of(),
    "advice:create_request": of(),
    "advice:withdraw_request": of(pk="advice_request"),
    "advice:decline_slot": form_only(pk="advice_request"),
    "advice:slots": of(),
    "advice:enter_hours": of(),
    "advice:end_hours": of(pk="availability"),
    "advice:close_slot": form_only(pk="advice_slot"),
    "advice:figures": of(),
    "advice:figures_xlsx": file_of(FIGURES),
    "advice:figures_csv": file_of(FIGURES),
    "advice:files": of(),
    "advice:file": of(pk="advice_file"),
    "advice:file_progress": of(pk="advice_file"),
    "advice:retry_file": form_only(pk="advice_file"),
    "advice:save_file": form_only(pk="advice_file"),
    # The world's file has no refusals, so there is no copy with reasons.
    "advice:refused_copy": Entry({"pk": "advice_file"}, status=404, file=PERSONS),
    "advice:notes": of(),
    # A deputy is found by their author only, who is nobody of the world.
    "advice:end_deputy": form_only(pk="note_deputy"),
    "advice:terms": of(),
    "advice:add_topic": of(),
    "advice:change_topic": of(pk="advice_topic"),
    "advice:outcome": of(pk="referral"),
    "advice:card": of(pk="appointment"),
    "advice:fill_in": of(pk="appointment"),
    "advice:move": form_only(pk="appointment"),
    "advice:reschedule": of(pk="appointment"),
    "advice:note": of(pk="appointment"),
    "advice:refer": of(pk="appointment"),
    "answer:appointment": of(token="answer_token"),
}
