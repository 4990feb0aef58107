"""What can be done here: deliver what is owed, and look after the subscribers."""

from .deliveries import Summary, deliver_pending, fan_out, resend
from .filing import forget_files, make_files, remake_files
from .reconciling import ask_all, compare_fetched
from .replaying import Replayed, replay
from .subscribers import (
    ClientCredentials,
    change_subscriber,
    create_subscriber,
    give_client,
    rotate_secret,
    set_active,
    take_client_away,
)

__all__ = [
    "ClientCredentials",
    "Replayed",
    "Summary",
    "ask_all",
    "change_subscriber",
    "compare_fetched",
    "create_subscriber",
    "deliver_pending",
    "fan_out",
    "forget_files",
    "give_client",
    "make_files",
    "remake_files",
    "replay",
    "resend",
    "rotate_secret",
    "set_active",
    "take_client_away",
]
