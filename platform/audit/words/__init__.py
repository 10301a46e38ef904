"""How verbs, subjects and pages of the record are said to people; a test finds verbs that have no words yet."""

from audit.words import delivering, planning
from audit.words.fields import FIELDS
from audit.words.pages import PAGES
from audit.words.subjects import SUBJECT_PAGES, SUBJECTS

VERBS = planning.VERBS | delivering.VERBS

__all__ = ["FIELDS", "PAGES", "SUBJECTS", "SUBJECT_PAGES", "VERBS"]
