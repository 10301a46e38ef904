"""Routes of casework."""

from tests.architecture.entries import FIGURES, Entry, file_of, form_only, of

ROWS: dict[str, Entry] = {
    "casework:loads": of(),
    "casework:keep_loads": of(month="month"),
    "casework:my_day": of(),
    "casework:time_sums": of(),
    "casework:intake": of(),
    "casework:plan_intake": of(),
    "casework:teams": of(),
    "casework:add_team": of(),
    "casework:team": of(pk="unit_team"),
    "casework:edit_team": of(pk="unit_team"),
    "casework:add_meeting": of(pk="unit_team"),
    "casework:edit_meeting": of(pk="unit_meeting"),
    "casework:programmes": of(),
    "casework:create_programme": of(),
    "casework:programme": of(pk="programme"),
    "casework:edit_programme": of(pk="programme"),
    "casework:add_form": of(pk="programme"),
    "casework:edit_form": of(pk="group_form"),
    "casework:works_of_contract": of(pk="contract"),
    "casework:sums_of_contract": of(pk="contract"),
    "casework:works_of_cycle": of(pk="cycle"),
    "casework:register": of(kind="register_name"),
    "casework:register_xlsx": file_of(FIGURES, kind="register_name"),
    "casework:add_entry": of(kind="register_name"),
    "casework:edit_entry": of(kind="register_name", pk="training"),
    "casework:remove_entry": form_only(kind="register_name", pk="training"),
}
