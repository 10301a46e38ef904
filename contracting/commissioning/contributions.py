"""What an app adds to a step of the cycle: checks that its gate waits for, and links to where the work is."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from contracting.commissioning.models import Cycle, Step
from kernel.access import Access
from kernel.doors import opens_to
from kernel.errors import Sentence


@dataclass(frozen=True)
class Check:
    """One thing that a step asks for. An unmet one that `must` be blocks the gate; `why` is the remedy, shown while
    unmet; `href` is where it is done."""

    label: Sentence
    done: bool
    why: Sentence = ""
    href: str = ""
    must: bool = True


@dataclass(frozen=True)
class Link:
    """One link of the chain of the cycle: what it is, where it is, how much (minutes a month or a text)."""

    label: Sentence
    href: str = ""
    minutes: int | None = None
    value: Sentence = ""


@dataclass(frozen=True)
class Contribution:
    """What one app, or all together, say of a step; `notes` are sentences that the page says plainly.

    `lessons` are thoughts for the next cycle, which closing this one begins with.
    """

    items: tuple[Check, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[Sentence, ...] = ()
    lessons: tuple[Sentence, ...] = ()

    def __add__(self, other: "Contribution") -> "Contribution":
        return Contribution(
            self.items + other.items,
            self.links + other.links,
            self.notes + other.notes,
            self.lessons + other.lessons,
        )

    @property
    def unmet(self) -> tuple[Check, ...]:
        """The checks that keep the gate shut."""
        return tuple(item for item in self.items if item.must and not item.done)

    def shown_to(self, access: Access) -> "Contribution":
        """The same without the addresses whose doors are shut to the reader: what they name stays as text."""
        return Contribution(
            tuple(item if opens_to(access, item.href) else replace(item, href="") for item in self.items),
            tuple(link if opens_to(access, link.href) else replace(link, href="") for link in self.links),
            self.notes,
            self.lessons,
        )


# The access is that of the reader; None where the gate asks, which must see everything.
Provider = Callable[[Cycle, Access | None], Contribution]

_PROVIDERS: dict[str, list[Provider]] = defaultdict(list)


def contribute(kind: Step.Kind, provider: Provider) -> None:
    """Let an app add to a step; called once at start (`AppConfig.ready`). The same provider twice counts once.

    A provider asks the database a constant number of questions, whatever the cycle holds.
    """
    if provider not in _PROVIDERS[kind]:
        _PROVIDERS[kind].append(provider)


def contribution_to(kind: str, cycle: Cycle, access: Access | None) -> Contribution:
    """What all apps say of the step, in the order in which they registered, with the addresses open to the reader."""
    told = sum((provider(cycle, access) for provider in _PROVIDERS[kind]), Contribution())
    return told if access is None else told.shown_to(access)
