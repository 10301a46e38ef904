"""Personal data planted wherever a program could pick them up; kept apart, so that no reported line of code holds them."""

PESEL = "44051401458"
NAME = "Zdzisława Brzęczyszczykiewicz"
EMAIL = "zdzislawa.b@przyklad.test"
NOTE = "mieszka sama i boi się syna"
ALL = {"PESEL": PESEL, "name": NAME, "surname": NAME.split()[1], "e-mail": EMAIL, "note": NOTE}


def sentence() -> str:
    """All of them in one text, as a database or a parser would quote a row."""
    return f"row ({PESEL}, {NAME}, {EMAIL}, {NOTE}) is refused"


def found_in(text: str) -> list[str]:
    """Which planted values the text holds, in any of the ways they are written in JSON and addresses."""
    from urllib.parse import quote, quote_plus

    ways = {
        kind: {v, v.encode("unicode_escape").decode(), quote(v), quote_plus(v)} for kind, v in ALL.items()
    }
    return [kind for kind, spelled in ways.items() if any(way.lower() in text.lower() for way in spelled)]
