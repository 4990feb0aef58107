"""Everything that attendance does, by name."""

from .absences import (
    accept_justification,
    ask_justification,
    attach_paper,
    may_note_paper,
    must_fit_paper,
    note_paper_seen,
    note_reading,
    open_paper,
    refuse_justification,
)
from .amendments import amend, approve_amendment, reject_amendment
from .classes import add_break, end_class, remove_break, start_class
from .closing import close_and_sign_register, close_register
from .connections import (
    Comer,
    Ending,
    close_connection,
    close_connections,
    reap_expired_leases,
    record_connection,
    record_connections,
    record_evidence,
    renew_lease,
)
from .covers import record_vidimation, set_particulars
from .door import admit, let_in_again, send_out, wait_at_door
from .entries import write_missing_anchors
from .inspections import (
    PASS_HOURS,
    check_learners,
    close_expired_guests,
    make_pass,
    note_visit,
    open_visit,
    revoke_pass,
    use_pass,
)
from .leading import hand_over
from .locks import lock_and_tell_begun
from .noting import (
    note_class_read,
    note_class_taken,
    note_hours_read,
    note_register_taken,
    note_study_read,
)
from .outages import decide_on_gap, decide_on_outage, note_clock_jumped, note_database_lost
from .policies import set_policy
from .presence import answer_presence, ask_presence, ask_when_due, confirm_by_voice
from .registers import close_page, open_register
from .reports import write_report
from .rooms import note_room, note_until_end, sign_in_room, sign_out_of_room
from .signatures import close_and_sign, sign_page, sign_pages
from .study import record_study
from .study_pages import close_study_page
from .telling import stamp_heads, tell_heads

__all__ = [
    "PASS_HOURS",
    "Comer",
    "Ending",
    "accept_justification",
    "add_break",
    "admit",
    "amend",
    "answer_presence",
    "approve_amendment",
    "ask_justification",
    "ask_presence",
    "ask_when_due",
    "attach_paper",
    "check_learners",
    "close_and_sign",
    "close_and_sign_register",
    "close_connection",
    "close_connections",
    "close_expired_guests",
    "close_page",
    "close_register",
    "close_study_page",
    "confirm_by_voice",
    "decide_on_gap",
    "decide_on_outage",
    "end_class",
    "hand_over",
    "let_in_again",
    "lock_and_tell_begun",
    "make_pass",
    "may_note_paper",
    "must_fit_paper",
    "note_class_read",
    "note_class_taken",
    "note_clock_jumped",
    "note_database_lost",
    "note_hours_read",
    "note_paper_seen",
    "note_reading",
    "note_register_taken",
    "note_room",
    "note_study_read",
    "note_until_end",
    "note_visit",
    "open_paper",
    "open_register",
    "open_visit",
    "reap_expired_leases",
    "record_connection",
    "record_connections",
    "record_evidence",
    "record_study",
    "record_vidimation",
    "refuse_justification",
    "reject_amendment",
    "remove_break",
    "renew_lease",
    "revoke_pass",
    "send_out",
    "set_particulars",
    "set_policy",
    "sign_in_room",
    "sign_out_of_room",
    "sign_page",
    "sign_pages",
    "stamp_heads",
    "start_class",
    "tell_heads",
    "use_pass",
    "wait_at_door",
    "write_missing_anchors",
    "write_report",
]
