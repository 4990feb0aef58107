"""Why an address or a try was not good, in words."""

from django.utils.translation import gettext as _


def address_sentence(problem: str) -> str:
    """Why an endpoint is not accepted, and what to write instead."""
    return {
        "not_https": _("The address must begin with https://, so that nobody on the way can read it."),
        "credentials": _("Leave name and password out of the address: deliveries are signed instead."),
        "private": _("This address belongs to a private network. Give one that the internet can reach."),
    }.get(problem, _("This is not an address. Example: https://records.example.org/ponte"))


def problem_sentence(status: int | None, problem: str) -> str:
    """Why the last try failed, in words for whoever looks after deliveries."""
    sentences = {
        "address_invalid": _("The address of this subscriber is not valid. Correct it, then send again."),
        "address_refused": _("The name leads to a private network. Nothing was sent. Ask the receiver."),
        "name_unknown": _("The name in the address was not found. It may be a fault of the network."),
        "unreachable": _("Nobody answered at this address."),
        "certificate": _("The certificate of the receiver is not valid. Nothing was sent. Ask the receiver."),
        "timeout": _("The receiver did not answer in time. It may have received the record all the same."),
        "broken": _("The connection broke before the answer was complete."),
        "not_agreed": _("The agreement does not cover this record any more. Nothing was sent."),
        "no_secret": _("There is no secret to sign with. Make a new one on the page of the subscriber."),
    }
    if problem:
        return sentences.get(problem, problem)
    if status is None:
        return ""
    if 300 <= status < 400:
        return _(
            "The receiver sent us elsewhere (%(status)d). Redirects are not followed: correct the address."
        ) % {"status": status}
    if status in (401, 403):
        return _(
            "The receiver did not accept our signature (%(status)d). Check the secret on both sides."
        ) % {"status": status}
    if status == 429:
        return _("The receiver asked us to wait (429).")
    if status >= 500:
        return _("The receiver has a fault of its own (%(status)d).") % {"status": status}
    if status >= 400:
        return _("The receiver refused the record (%(status)d). Ask the receiver why.") % {"status": status}
    return ""
