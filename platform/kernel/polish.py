"""Polish alphabetical order and forgiving search, whatever collations the database server has."""

from collections.abc import Iterable

from django.db.models import CharField, F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate

_ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_PLAIN = "aabccdeefghijkllmnnoopqrsstuvwxyzzz"
# Letters of neighbours' names stand with the plain letter that a reader looks them up under.
_FOREIGN = {
    "a": "áàâäãåăā",
    "c": "čç",
    "d": "ďđ",
    "e": "éèêëěėē",
    "g": "ğģ",
    "i": "íìîïīı",
    "k": "ķ",
    "l": "ľļ",
    "n": "ňñņ",
    "o": "òôöõőøō",
    "r": "řŕ",
    "s": "šșş",
    "t": "ťțţ",
    "u": "úùûüůűūų",
    "y": "ýÿ",
    "z": "ž",
}


def _maps() -> tuple[str, str, str]:
    """Letters, the code points that order them (after digits and signs), and the letters they fold to."""
    letters, order, plain = "", "", ""
    places = {letter: chr(ord("a") + place) for place, letter in enumerate(_ALPHABET)}
    pairs = [
        *zip(_ALPHABET, _PLAIN, strict=True),
        *((f, base) for base, all_ in _FOREIGN.items() for f in all_),
    ]
    for letter, base in pairs:
        for form in dict.fromkeys((letter, letter.upper())):
            if len(form) == 1:
                letters += form
                order += places.get(letter, places[base])
                plain += base
    return letters, order, plain


_LETTERS, _ORDER, _FOLDED = _maps()
_TO_ORDER = str.maketrans(_LETTERS, _ORDER)
_TO_FOLDED = str.maketrans(_LETTERS, _FOLDED)


def order_key(text: str) -> str:
    """A key that sorts texts as a Polish dictionary does: `łąka` after `luty`, `Ćwik` after `czapla`."""
    return text.translate(_TO_ORDER)


def fold(text: str) -> str:
    """The text in small letters without marks, to be searched: `Łącka` → `lacka`."""
    return text.translate(_TO_FOLDED)


def _translated(expression: str | Combinable, into: str) -> Func:
    source = F(expression) if isinstance(expression, str) else expression
    return Func(source, Value(_LETTERS), Value(into), function="translate", output_field=CharField())


def in_order(expression: str | Combinable) -> Collate:
    """What to order rows by so that a text stands as in a Polish dictionary."""
    return Collate(_translated(expression, _ORDER), "C")


def by_name(*fields: str) -> list[Collate]:
    """`queryset.order_by(*by_name("surname", "given_name"))`."""
    return [in_order(field) for field in fields]


def folded(expression: str | Combinable) -> Func:
    """The column as `fold` would give it, to be compared with folded words."""
    return _translated(expression, _FOLDED)


def words_of(text: str) -> Iterable[str]:
    """The words of what somebody searches for, folded."""
    return [fold(word) for word in text.split()]
