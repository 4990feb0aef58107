"""Signing in: one field at a time, a code before a password."""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login import derive_login_method
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from ..forms.signin import WhoForm


class SignInView(LoginView):
    """GET asks who you are. POST of that alone sends a code to a phone or e-mail address, or asks a user name for
    its password; POST with the password as well signs in. Known and unknown get the same answers."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page that everybody meets: one field, no more work than that (allauth would build its form twice)."""
        wanted = self.get_next_url()
        hidden = format_html('<input type="hidden" name="next" value="{}">', wanted) if wanted else ""
        return render(request, self.template_name, {"form": None, "redirect_field": hidden})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "password" in request.POST:
            return super().post(request, *args, **kwargs)
        who = WhoForm(request.POST)
        if not who.is_valid():
            form = self.get_form()
            form.errors.pop("password", None)
            return self.render_to_response(self.get_context_data(form=form))
        login = who.cleaned_data["login"]
        method = derive_login_method(login).value
        if method == "username" or request.POST.get("step") == "password":
            form = self.get_form_class()(request=request, initial={"login": login})
            return self.render_to_response(
                self.get_context_data(form=form, step="password", login_text=login)
            )
        return self._send_code(method, login)

    def _send_code(self, method: str, login: str) -> HttpResponse:
        form = RequestLoginCodeForm({method: login})
        if not form.is_valid():
            mine = self.get_form()
            mine.full_clean()
            mine.errors.clear()
            for errors in form.errors.values():
                mine.add_error("login", errors)
            return self.render_to_response(self.get_context_data(form=mine))
        LoginCodeVerificationProcess.initiate(request=self.request, user=form._user, **{method: login})
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and "password" in self.request.POST:
            context |= {"step": "password", "login_text": self.request.POST.get("login", "")}
        return context


def back_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Old and foreign sign-in addresses end here; where the reader was going is kept if it is ours."""
    url = reverse("account_login")
    wanted = request.GET.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return redirect(reverse("account_login", query={"next": wanted}))
    return redirect(url)
