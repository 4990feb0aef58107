"""Sign-in addresses, under /accedi/: those of allauth that we want, by allauth's names, and no others."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from .views import applications, signin

urlpatterns = [
    path("", signin.SignInView.as_view(), name="account_login"),
    path("esci/", account.logout, name="account_logout"),
    path("non-attivo/", account.account_inactive, name="account_inactive"),
    path("richiesta/", applications.apply, name="account_signup"),
    path("codice/", account.confirm_login_code, name="account_confirm_login_code"),
    path("codice/richiesta/", signin.back_to_sign_in, name="account_request_login_code"),
    path("conferma/", account.reauthenticate, name="account_reauthenticate"),
    path("password/cambia/", account.password_change, name="account_change_password"),
    path("password/nuova/", account.password_set, name="account_set_password"),
    path("password/dimenticata/", account.password_reset, name="account_reset_password"),
    path("password/dimenticata/inviata/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/dimenticata/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/dimenticata/fatto/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("2fa/conferma/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/app/togli/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/riserva/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/riserva/nuovi/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/riserva/scarica/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
