"""What people are told of each kind of list: when its term begins, what is taken off, what stays."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.retention.models import PERSONS, RecordKind


@dataclass(frozen=True)
class Words:
    """Sentences of one kind of list; `rest` is said of a line of which something stays."""

    begins: Promise
    held: Promise
    gone: Promise
    stays: Promise
    rest: Promise | str = ""


WORDS: dict[str, Words] = {
    PERSONS: Words(
        begins=_("the last day of the person's last matter"),
        held=_("an open decision, appointment or case, a month that is not settled, a person kept back"),
        gone=_(
            "Gone are: surname and given name, code, PESEL, year of birth, contact, notes, incomes, texts of cards "
            "and observations, and files in which diaries were brought."
        ),
        stays=_(
            "What stays: hours, amounts, dates, numbers of decisions and what was sent to the voivodeship."
        ),
        rest=_("brought files of this contract or unit stay, for they may tell of others"),
    ),
    RecordKind.ACCOUNT: Words(
        begins=_("the day on which the person's last role in the unit ended"),
        held=_("a role in the unit, an invitation that waits, a seat on the committee of a call"),
        gone=_(
            "Gone are: name and e-mail address, password, codes and passkeys, sessions, and the name and address in "
            "invitations. Nobody signs in with the account any more."
        ),
        stays=_(
            "What stays: which roles there were and when, and the name on acts that were done, which are the unit's "
            "files: entries of the record, decisions, protocols."
        ),
        rest=_("the account stays, for the person has or had a role elsewhere, too"),
    ),
    RecordKind.READING: Words(
        begins=_("the last day of the calendar year of the readings"),
        held=_("a case for which the year is kept back"),
        gone=_("Gone are: who read, and whose data they read."),
        stays=_(
            "What stays: when data were read, on which page, and of how many subjects. The entries of the record are "
            "not touched: without them its chain would not hold."
        ),
    ),
    RecordKind.CALL: Words(
        begins=_("the decision or annulment of the call, and the end of the contracts made from it"),
        held=_(
            "a call that is not decided, a demand that is not answered, a contract that runs or waits for "
            "signatures, a month that is not settled"
        ),
        gone=_(
            "Gone are: what bidders wrote about people and of how they work, their contacts, names of staff, drafts, "
            "corrections, comments, the sealed contents and all files of the offers."
        ),
        stays=_(
            "What stays: who bid for which task, amounts of costs, hours and figures of promises, receipts with their "
            "hashes, points, results, what the unit wrote of the offers, and the protocols of the committee with their "
            "files."
        ),
    ),
    RecordKind.CARER: Words(
        begins=_("the last day of work, and the end of the last contract that named the carer"),
        held=_(
            "work that goes on, a contract that runs, a month that is not settled, an entry from a phone or an "
            "appointment that is open"
        ),
        gone=_(
            "Gone are: surname and given name, code, the link to an account, and what the record told of them."
        ),
        stays=_(
            "What stays: qualifications with their periods, visits, hours, contracts, and codes in months that were "
            "handed in, which lead to nobody any more. The name in an offer and in the draft of its contract goes with "
            "the offers of the call. What the organisation itself keeps of its people is not touched."
        ),
    ),
}
