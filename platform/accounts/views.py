"""Pages of the own account that allauth does not have, and the outbox of a local machine."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

import ui.views
from accounts import actions, idle
from accounts.forms import ProfileForm
from accounts.language import remember_language
from accounts.middleware import shut_if_over
from accounts.models import User
from accounts.outbox import mail_with_key, mails_in
from kernel.access import Actor
from kernel.doors import Door, Request, public_door, signed_in_door
from kernel.proving import asked_file, may_take_persons_along
from ui.lists import page_of
from ui.refusals import attempt, status_of


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404, also of addresses that lead to no view: an idle session ends there as elsewhere."""
    match = request.resolver_match
    door: Door = getattr(match and match.func, "door", Door("public"))
    if door.kind != "token" and not door.outlasts_idle:
        shut_if_over(request, Door("public"), "")
    return ui.views.page_not_found(request, exception)


@signed_in_door
def edit_profile(request: Request) -> HttpResponse:
    """Name and language; a changed language speaks from the next page on."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the door let nobody else in
    initial = {"full_name": user.full_name, "language": user.language}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actor = Actor(user.pk, user.full_name)
        saved = attempt(form, lambda: actions.change_profile(user, **form.cleaned_data, actor=actor))
        if saved is not None:
            with translation.override(saved.language):
                messages.success(request, _("Your profile is saved."))
            return remember_language(redirect("accounts:profile"), saved)
    return render(request, "accounts/profile.html", {"form": form}, status=status_of(form))


@signed_in_door
def show_asked_file(request: Request, key: str) -> HttpResponse:
    """Hands over what a door kept back until the person proved who they are: at once, or by a button if it was sent."""
    asked = asked_file(request, key)
    if asked is None:
        raise Http404
    if not may_take_persons_along(request):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    return render(request, "accounts/asked_file.html", {"asked": asked})


@signed_in_door
@require_GET
def stay(request: Request) -> JsonResponse:
    """A contact for somebody who types on one page for long: who is there, and the token that forms send by now."""
    told = {
        "who": str(request.user.pk),
        "since": idle.since(request),
        "token": get_token(request),
        "left": idle.seconds_left(request.session),
    }
    return JsonResponse(told)


@signed_in_door
@require_POST
def end_idle(request: Request) -> HttpResponse:
    """The page itself ends the session in which nobody did anything, or that is too old; what was typed stays on it.

    Takes `since`, the session that the page was made in: 409 where another one has begun meanwhile, which goes on.
    With `asked` the person wants it; without, the carer's page that shares the session goes on.
    """
    if request.POST.get("since", "") != idle.since(request):
        return HttpResponse(status=409)
    asked = "asked" in request.POST
    if idle.is_phone(request.session) and not asked:
        idle.shut_desk(request)
    else:
        left = idle.seconds_left(request.session)
        because = "age" if left is not None and left <= 0 else "idle"
        actions.end_session(request, because="" if asked else because)
    return HttpResponse(status=204)


@signed_in_door
@require_GET
def back(request: Request) -> HttpResponse:
    """Whoever signed in again beside a page that waits is sent back to it."""
    return render(request, "accounts/back.html")


@public_door
def list_outbox(request: Request) -> HttpResponse:
    """Every mail that this machine would have sent; mounted on local machines only."""
    mails = mails_in(Path(settings.EMAIL_FILE_PATH))
    return render(request, "accounts/outbox.html", {"page": page_of(mails, request)})


@public_door
def show_outbox_mail(request: Request, key: str) -> HttpResponse:
    mail = mail_with_key(Path(settings.EMAIL_FILE_PATH), key)
    if mail is None:
        raise Http404
    return render(request, "accounts/outbox_message.html", {"mail": mail})
