"""The attendance rules in words: the name of each parameter, one sentence that explains it, its values."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import rules
from .reasons import REASONS

Words = str | Promise

#: The parts of the page, each with its parameters in order.
SECTIONS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("What counts of a class"),
        (
            "window",
            "late_tolerance_min",
            "early_exit_tolerance_min",
            "credit_within_tolerance",
            "late_exclusion_min",
            "gap_merge_seconds",
            "session_min_pct",
            "outage_credit",
            "concurrent_device_rule",
            "rounding",
            "hour_minutes",
        ),
    ),
    (
        gettext_lazy("Asking who is there"),
        ("presence_per_hour", "presence_window_s", "presence_use", "substitute_after_min"),
    ),
    (
        gettext_lazy("How much is enough"),
        (
            "min_attendance_pct",
            "min_exam_pct",
            "min_module_pct",
            "late_enrolment_reduces_total",
            "fad_max_pct_theory",
            "fad_async_max_pct",
        ),
    ),
    (gettext_lazy("Study on one's own time"), ("async_idle_cutoff_min", "async_cap")),
    (
        gettext_lazy("Absences"),
        (
            "justification_reasons",
            "justification_evidence",
            "justification_deadline_days",
            "recovery_allowed_pct",
            "alert_consecutive_unjustified",
            "alert_unjustified_pct",
            "checkpoint_first_days",
            "checkpoint_monitoring_days",
            "checkpoint_psp_days",
        ),
    ),
    (
        gettext_lazy("The register"),
        (
            "page_close_hours",
            "sign_hours",
            "vidimation_required",
            "manual_correction_window_h",
            "four_eyes",
        ),
    ),
    (
        gettext_lazy("How long things are kept"),
        ("retention_register_years", "retention_technical_ip_days", "retention_justification_months"),
    ),
)

#: name → (its name for people, the one sentence)
PARAMETERS: Mapping[str, tuple[Promise, Promise]] = {
    "window": (
        gettext_lazy("Time that can count"),
        gettext_lazy(
            "Whether minutes count in the planned hours, in the hours really held, or only in both."
        ),
    ),
    "hour_minutes": (
        gettext_lazy("Minutes in an hour"),
        gettext_lazy("How many minutes make one hour when minutes are written as hours."),
    ),
    "late_tolerance_min": (
        gettext_lazy("Late: minutes tolerated"),
        gettext_lazy("Who comes within these minutes is not marked as late."),
    ),
    "early_exit_tolerance_min": (
        gettext_lazy("Leaving early: minutes tolerated"),
        gettext_lazy("Who leaves within these minutes before the end is not marked as having left early."),
    ),
    "credit_within_tolerance": (
        gettext_lazy("Tolerated minutes are credited"),
        gettext_lazy("If yes, minutes of lateness within the tolerance are given, in a column of their own."),
    ),
    "late_exclusion_min": (
        gettext_lazy("Late: too late to count"),
        gettext_lazy("Who comes later than this is absent, and the minutes do not count; empty means never."),
    ),
    "gap_merge_seconds": (
        gettext_lazy("Reconnecting: seconds that are forgiven"),
        gettext_lazy("A gap between two connections counts if it is no longer than this."),
    ),
    "session_min_pct": (
        gettext_lazy("Least share of a class"),
        gettext_lazy("Who was there for less than this share of a class is absent from it."),
    ),
    "outage_credit": (
        gettext_lazy("Failures of the platform are credited"),
        gettext_lazy(
            "If yes, who was cut off by a failure of the platform and came back gets those minutes, in a column "
            "of their own."
        ),
    ),
    "concurrent_device_rule": (
        gettext_lazy("Two devices at once"),
        gettext_lazy("The same minute on two devices is one minute."),
    ),
    "rounding": (
        gettext_lazy("Rounding"),
        gettext_lazy("Seconds that do not fill a minute are cut, once for each class."),
    ),
    "presence_per_hour": (
        gettext_lazy("“Are you there?” in each hour"),
        gettext_lazy("How many times in an hour the class is asked to confirm; none means never."),
    ),
    "presence_window_s": (
        gettext_lazy("Seconds to answer"),
        gettext_lazy("How long the question stands before the answer is late."),
    ),
    "presence_use": (
        gettext_lazy("What a missing answer does"),
        gettext_lazy("It is written on the page for the tutor, and takes no minute away."),
    ),
    "substitute_after_min": (
        gettext_lazy("Trainer missing: minutes to wait"),
        gettext_lazy("After these minutes without the trainer another one may take the class over."),
    ),
    "min_attendance_pct": (
        gettext_lazy("Least attendance for the certificate"),
        gettext_lazy("The share of the planned hours that gives the certificate of attendance."),
    ),
    "min_exam_pct": (
        gettext_lazy("Least attendance for the final test"),
        gettext_lazy("The share of the planned hours that admits to the final test."),
    ),
    "min_module_pct": (
        gettext_lazy("Least attendance in each module"),
        gettext_lazy("The share of every single module that is asked for; empty means none."),
    ),
    "late_enrolment_reduces_total": (
        gettext_lazy("Who enters late owes less"),
        gettext_lazy("If yes, classes before somebody entered are taken out of that person's planned hours."),
    ),
    "fad_max_pct_theory": (
        gettext_lazy("Most distance learning"),
        gettext_lazy("The largest share of the theory that may be held at a distance; empty means no limit."),
    ),
    "fad_async_max_pct": (
        gettext_lazy("Most study on one's own time"),
        gettext_lazy("The largest share of the theory that may be studied alone; empty means no limit."),
    ),
    "async_idle_cutoff_min": (
        gettext_lazy("Silence that ends study"),
        gettext_lazy("Time without any sign from the page counts only up to this length of silence."),
    ),
    "async_cap": (
        gettext_lazy("Most minutes of one lesson"),
        gettext_lazy("A lesson studied alone never counts for more than its planned minutes."),
    ),
    "justification_reasons": (
        gettext_lazy("Reasons that can justify"),
        gettext_lazy("An absence can be justified only for one of these."),
    ),
    "justification_evidence": (
        gettext_lazy("Reasons that need a document"),
        gettext_lazy("For these a justification is accepted only with a document."),
    ),
    "justification_deadline_days": (
        gettext_lazy("Days to justify"),
        gettext_lazy(
            "Days after the class to ask; what comes later is marked as late and can still be decided."
        ),
    ),
    "recovery_allowed_pct": (
        gettext_lazy("Most hours made up for"),
        gettext_lazy("The largest share of the planned hours that recovery classes can give back."),
    ),
    "alert_consecutive_unjustified": (
        gettext_lazy("Unjustified classes in a row"),
        gettext_lazy("After this many the tutor is told, and then who follows the person."),
    ),
    "alert_unjustified_pct": (
        gettext_lazy("Unjustified share"),
        gettext_lazy("From this share of the planned hours on, the same people are told."),
    ),
    "checkpoint_first_days": (
        gettext_lazy("Days to the first meeting"),
        gettext_lazy("Countdown to the first meeting with the social services, from the dated event."),
    ),
    "checkpoint_monitoring_days": (
        gettext_lazy("Days between meetings"),
        gettext_lazy("Countdown from one monitoring meeting to the next."),
    ),
    "checkpoint_psp_days": (
        gettext_lazy("Days to the service pact"),
        gettext_lazy("Countdown to signing the service pact, from the referral."),
    ),
    "page_close_hours": (
        gettext_lazy("Hours to close a page"),
        gettext_lazy("Hours after the class to close its page; one that is closed later says so."),
    ),
    "sign_hours": (
        gettext_lazy("Hours to sign a page"),
        gettext_lazy("Hours after closing to sign; a later signature is shown as late."),
    ),
    "vidimation_required": (
        gettext_lazy("The register is stamped first"),
        gettext_lazy("If yes, no class begins before the register is stamped by the office."),
    ),
    "manual_correction_window_h": (
        gettext_lazy("Hours to correct by hand"),
        gettext_lazy("Hours after closing in which a rectification is on time; a later one says so."),
    ),
    "four_eyes": (
        gettext_lazy("Rectifications need two people"),
        gettext_lazy("If yes, a second person must confirm what the first one corrects."),
    ),
    "retention_register_years": (
        gettext_lazy("Years for the register"),
        gettext_lazy("How long the register and its facts are kept, counted from the end of the edition."),
    ),
    "retention_technical_ip_days": (
        gettext_lazy("Days for technical addresses"),
        gettext_lazy("How long an address of a device may be kept, where any is kept at all."),
    ),
    "retention_justification_months": (
        gettext_lazy("Months for documents of absences"),
        gettext_lazy("How long documents and words of justifications are kept after the edition ends."),
    ),
}

_VALUES: Mapping[str, Promise] = {
    "both": gettext_lazy("planned and held"),
    "actual": gettext_lazy("held"),
    "scheduled": gettext_lazy("planned"),
    "union_once": gettext_lazy("counted once"),
    "floor_minute": gettext_lazy("down to the whole minute"),
    "nominal": gettext_lazy("the planned minutes of the lesson"),
    "record_only": gettext_lazy("written down, nothing taken away"),
}
_UNITS = {
    "min": lambda n: ngettext("%(n)s minute", "%(n)s minutes", n),
    "s": lambda n: ngettext("%(n)s second", "%(n)s seconds", n),
    "h": lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
    "days": lambda n: ngettext("%(n)s day", "%(n)s days", n),
    "months": lambda n: ngettext("%(n)s month", "%(n)s months", n),
    "years": lambda n: ngettext("%(n)s year", "%(n)s years", n),
}
_UNIT_OF_END = {"seconds": "s", "hours": "h", "minutes": "min"}

#: The typical people of `rules.sample`, in words.
SAMPLE: Mapping[str, Promise] = {
    "punctual": gettext_lazy("was there the whole time, but for the failure"),
    "late": gettext_lazy("came 8 minutes late"),
    "very_late": gettext_lazy("came 35 minutes late"),
    "early": gettext_lazy("left 12 minutes early"),
    "reconnects": gettext_lazy("lost the line for 90 seconds, and again for 4 minutes"),
    "two_devices": gettext_lazy("was on two devices at once for 50 minutes"),
    "brief": gettext_lazy("was there for the first 25 minutes only"),
    "away_in_outage": gettext_lazy("was away on their own account when the platform failed"),
}


def choice_words(name: str, word: str) -> Words:
    """One value of a closed list."""
    return REASONS[word].label if name.startswith("justification_") else _VALUES[word]


def value_words(name: str, value: Any) -> str:
    """A value as people read it: "10 minutes", "70 %", "yes", a list of reasons."""
    kind = rules.KINDS.get(name)
    if kind is None:
        return str(value)
    if isinstance(kind, rules.Flag):
        return _("yes") if value else _("no")
    if value is None:
        return _("none")
    if isinstance(kind, rules.Word):
        return str(choice_words(name, value))
    if isinstance(kind, rules.Several):
        return "; ".join(str(choice_words(name, word)) for word in value) or _("none")
    end = name.rsplit("_", 1)[-1]
    if "pct" in name:
        return f"{value} %"
    unit = _UNITS.get(_UNIT_OF_END.get(end, end))
    return unit(value) % {"n": value} if unit else str(value)
