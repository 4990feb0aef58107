"""Everything that is done with competencies, by name."""

from .credentials import give_out, lift_suspension, suspend
from .deleting import delete_record
from .proposals import observe, propose, rectify, send_back
from .received import open_document, receive, take_out
from .records import after_sequencing, assign_feed_seq, award, certify_attendance, revoke
from .shares import DAYS, forget_shares, open_share, share, withdraw_share

__all__ = [
    "DAYS",
    "after_sequencing",
    "assign_feed_seq",
    "award",
    "certify_attendance",
    "delete_record",
    "forget_shares",
    "give_out",
    "lift_suspension",
    "observe",
    "open_document",
    "open_share",
    "propose",
    "receive",
    "rectify",
    "revoke",
    "send_back",
    "share",
    "suspend",
    "take_out",
    "withdraw_share",
]
