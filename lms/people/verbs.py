"""Every verb of the audit trail: what it is called in a list, and how it is told to the person whose data it is about.

A sentence is empty where the verb is about no learner: a timetable, the cover of a register.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Verb(NamedTuple):
    """`title` for who searches the trail; `told` follows a name: “Anna Verdi looked at your hours”."""

    title: Promise
    told: Promise | str = ""


_CLOSED = _("closed the register of one of your classes")
_DOWNLOADED = _("downloaded the register of your course")
_DOWNLOADED_PAGE = _("downloaded the register of one of your classes")
_COMPETENCY = _("looked at a competency of yours")
_WROTE_COMPETENCY = _("wrote a competency of yours")
_ROLE = _("changed your role")

VERBS: dict[str, Verb] = {
    # people
    "read.person": Verb(_("page of a person"), _("looked at your page")),
    "read.contacts": Verb(_("page of a person, with contacts"), _("looked at your page and your contacts")),
    "read.import_match": Verb(
        _("person recognised in a list"), _("put you in a list and learnt that you are here")
    ),
    "read.codice_fiscale": Verb(_("codice fiscale"), _("looked at your codice fiscale")),
    "read.audit": Verb(_("list of accesses"), _("looked at the list of who saw your data")),
    "read.export": Verb(_("list of people, downloaded"), _("downloaded a list in which you are")),
    "write.person": Verb(_("account made"), _("made your account")),
    "write.profile": Verb(_("data changed"), _("changed your data")),
    "write.codice_fiscale": Verb(_("codice fiscale written"), _("wrote your codice fiscale")),
    "write.role": Verb(_("role changed"), _ROLE),
    "write.staff": Verb(_("task in an edition"), _("changed your task in a course")),
    "write.author": Verb(_("author of a course"), _("changed which courses you may write")),
    "write.case": Verb(_("who follows a person"), _("changed who follows you")),
    "write.letter": Verb(_("activation letter made"), _("made a letter for you to come in")),
    "write.letter_revoked": Verb(_("activation letter withdrawn"), _("withdrew a letter of yours")),
    "write.letter_used": Verb(_("activation letter used"), _("used your letter to come in")),
    "write.guest": Verb(_("guest account"), _("made a guest account for you")),
    "write.application_rejected": Verb(_("request for an account refused")),
    "write.retention": Verb(
        _("data erased at the end of their time"), _("erased data of yours whose time was over")
    ),
    # enrolments
    "read.enrolment": Verb(_("enrolment"), _("looked at your enrolment")),
    "write.enrolment": Verb(_("enrolment changed"), _("changed your enrolment in a course")),
    "write.edition": Verb(_("edition changed")),
    "write.class": Verb(_("timetable changed")),
    "write.calendar": Verb(_("address of a calendar"), _("changed the address of your calendar")),
    "write.recovery": Verb(_("recovery class"), _("gave you a class to make up for one you missed")),
    # attendance
    "read.hours": Verb(_("hours"), _("looked at your hours")),
    "read.connections": Verb(_("log of a class"), _("looked at when you came into class and left")),
    "read.class_log": Verb(_("log of a class, inspection"), _("looked at when you came into class and left")),
    "read.class_inspected": Verb(_("class inspected")),
    "read.class_pdf": Verb(_("page of a class, PDF"), _DOWNLOADED_PAGE),
    "read.class_csv": Verb(_("page of a class, CSV"), _DOWNLOADED_PAGE),
    "read.register": Verb(_("register"), _("looked at the register of your course")),
    "read.register_pdf": Verb(_("register, PDF"), _DOWNLOADED),
    "read.register_csv": Verb(_("register, CSV"), _DOWNLOADED),
    "read.register_xlsx": Verb(_("register, XLSX"), _DOWNLOADED),
    "read.register_json": Verb(_("register, JSON"), _DOWNLOADED),
    "read.study_page": Verb(_("page of own study"), _("looked at how much you studied by yourself")),
    "read.justification": Verb(_("absence"), _("looked at an absence of yours")),
    "read.justification_paper": Verb(
        _("document of an absence"), _("opened a document of an absence of yours")
    ),
    "read.inspector_pass_used": Verb(_("inspector's pass used")),
    "write.class_started": Verb(_("class begun")),
    "write.class_ended": Verb(_("class ended")),
    "write.class_break": Verb(_("break noted")),
    "write.class_break_removed": Verb(_("break taken back")),
    "write.class_admitted": Verb(_("let into a class"), _("let you into a class")),
    "write.class_removed": Verb(_("sent out of a class"), _("sent you out of a class")),
    "write.class_let_in_again": Verb(_("let into a class again"), _("let you into a class again")),
    "write.class_handed_over": Verb(_("class handed over"), _("gave you a class to lead")),
    "write.presence_asked": Verb(_("presence asked")),
    "write.presence_by_voice": Verb(_("presence confirmed by voice"), _("wrote that you answered by voice")),
    "write.room_roll_call": Verb(_("roll call"), _("wrote whether you were in the room")),
    "write.room_end": Verb(_("end of a class in the room"), _("wrote until when you were in the room")),
    "write.outage_decided": Verb(
        _("time of a failure decided"), _("decided on the time that a failure took from you")
    ),
    "write.gap_decided": Verb(_("lost time decided"), _("decided on the time that your connection lost")),
    "write.hours_note": Verb(_("note on hours"), _("wrote a note on your hours")),
    "write.register_opened": Verb(_("register opened")),
    "write.register_cover": Verb(_("cover of a register")),
    "write.register_stamped": Verb(_("stamp of a register")),
    "write.register_page_closed": Verb(_("page of a class closed"), _CLOSED),
    "write.register_signed": Verb(_("page signed")),
    "write.register_study_closed": Verb(
        _("page of own study closed"), _("wrote in the register what you studied by yourself")
    ),
    "write.register_closed": Verb(_("register closed"), _("closed the register of your course")),
    "write.amendment_proposed": Verb(
        _("rectification proposed"), _("asked to correct the register of one of your classes")
    ),
    "write.amendment_entered": Verb(
        _("rectification entered"), _("corrected the register of one of your classes")
    ),
    "write.amendment_rejected": Verb(
        _("rectification refused"), _("refused a correction of the register of one of your classes")
    ),
    "write.attendance_policy": Verb(_("attendance rules changed")),
    "write.inspector_pass": Verb(_("inspector's pass made"), _("let you in as an inspector")),
    "write.inspector_pass_revoked": Verb(
        _("inspector's pass withdrawn"), _("withdrew your pass as an inspector")
    ),
    "write.inspection_noted": Verb(_("inspection noted")),
    "write.inspection_checked": Verb(
        _("learner looked for by an inspector"), _("wrote whether you were in class, as an inspector")
    ),
    "write.inspection_report": Verb(_("report of an inspection")),
    "write.justification": Verb(_("absence written"), _("wrote an absence of yours")),
    "write.justification_decided": Verb(_("absence decided"), _("decided on an absence of yours")),
    "write.justification_paper": Verb(
        _("document of an absence added"), _("added a document to an absence of yours")
    ),
    # results, competencies, consortium
    "read.results": Verb(_("results of tests"), _("looked at the results of your tests")),
    "read.competency": Verb(_("competency"), _COMPETENCY),
    "read.competency_record": Verb(_("competency record"), _COMPETENCY),
    "read.competency_document": Verb(_("document of a competency"), _COMPETENCY),
    "read.competencies": Verb(_("competencies"), _("looked at your competencies")),
    "read.competency_records": Verb(_("list of competencies"), _("looked at your competencies")),
    "read.competency_records_export": Verb(
        _("list of competencies, downloaded"), _("downloaded a list of competencies in which you are")
    ),
    "write.competency": Verb(_("competency written"), _WROTE_COMPETENCY),
    "write.competency_awarded": Verb(_("competency awarded"), _WROTE_COMPETENCY),
    "write.competency_revoked": Verb(_("competency withdrawn"), _("withdrew a competency of yours")),
    "write.competency_deleted": Verb(_("competency deleted"), _("deleted a competency of yours for good")),
    "write.competency_observed": Verb(_("observation written"), _("noted what you can do")),
    "write.competency_proposed": Verb(_("competency proposed"), _("proposed a competency of yours")),
    "write.proposal_sent_back": Verb(
        _("proposal sent back"), _("sent a proposal about a competency of yours back")
    ),
    "read.attestations_received": Verb(
        _("list of attestations of other bodies"), _("looked at your attestations of other bodies")
    ),
    "read.attestation_received": Verb(
        _("attestation of another body"), _("looked at an attestation of another body of yours")
    ),
    "write.attestation_received": Verb(
        _("attestation of another body recorded"), _("recorded an attestation of another body for you")
    ),
    "write.attestation_taken_out": Verb(
        _("attestation of another body taken out"), _("took out an attestation of another body of yours")
    ),
    "write.competency_suspended": Verb(_("competency suspended"), _("suspended a competency of yours")),
    "write.competency_suspension_lifted": Verb(
        _("suspension of a competency lifted"), _("lifted the suspension of a competency of yours")
    ),
    "write.competencies_shared": Verb(_("competencies shared"), _("shared your competencies")),
    "write.competencies_share_withdrawn": Verb(
        _("sharing withdrawn"), _("stopped sharing your competencies")
    ),
    "write.delivery": Verb(_("competency sent"), _("sent a competency of yours to the consortium")),
    "write.delivery_resent": Verb(_("competency sent again")),
    "write.deliveries_replayed": Verb(_("competencies sent again")),
    "write.subscriber": Verb(_("receiver of competencies")),
    "write.subscriber_secret": Verb(_("secret of a receiver")),
    "write.subscriber_stopped": Verb(_("receiver stopped")),
    "write.subscriber_resumed": Verb(_("receiver started again")),
    "write.subscriber_client": Verb(_("access of a receiver")),
    "write.subscriber_client_ended": Verb(_("access of a receiver ended")),
}


#: what was done, where the verb alone does not say it; other purposes are somebody's own words
PURPOSES: dict[str, Promise] = {
    "application": _("application"),
    "approve": _("application accepted"),
    "assign": _("given:"),
    "cancel": _("cancelled:"),
    "create": _("made"),
    "director": _("director"),
    "end": _("ended:"),
    "inspector": _("inspector"),
    "make": _("made"),
    "move": _("moved"),
    "plan": _("planned"),
    "promote": _("in from the waiting list"),
    "recovery": _("recovery class"),
    "referral": _("sent by a professional"),
    "reject": _("application refused"),
    "remove": _("taken away:"),
    "revoke": _("revoked"),
    "trainer": _("trainer"),
    "tutor": _("tutor"),
    "withdraw": _("withdrawn"),
}


def purpose_in_words(purpose: str) -> str:
    """The purpose of an entry for who reads the trail."""
    head, space, rest = purpose.partition(" ")
    word = PURPOSES.get(head.rstrip(":"))
    if word is None:
        return purpose
    return f"{word}{space}{PURPOSES.get(rest, rest)}"


def title_of(verb: str) -> str:
    """What a verb is called; one that is not listed names itself."""
    return str(VERBS[verb].title) if verb in VERBS else verb


def told(verb: str) -> str:
    """The verb told to the person it is about; one without words of its own says no more than that it happened."""
    known = VERBS[verb].told if verb in VERBS else ""
    if known:
        return str(known)
    return str(_("looked at your data") if verb.startswith("read.") else _("changed your data"))
