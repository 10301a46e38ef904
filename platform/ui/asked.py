"""What an address asks for and a page cannot show: days, periods, places. It says what it shows in their place."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

# So much of what the address asks for is repeated.
_SHOWN = 20


def say_instead(request: HttpRequest, name: str, shown: object, words: str) -> None:
    """Say so where the address names another `name` than is shown: `words` are `shown` (a day, a month) in words."""
    asked = request.GET.get(name, "")
    if asked and asked != str(shown):
        told = {"asked": asked[:_SHOWN], "shown": words}
        messages.warning(
            request,
            _(
                "The address asks for “%(asked)s”, which cannot be shown here. You see %(shown)s. Choose among "
                "what the page offers."
            )
            % told,
        )
