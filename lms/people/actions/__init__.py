"""Everything that changes people, roles, cases and letters. `by=None` is the system itself."""

from .applications import accept_application, apply_for_account, forget_applications, reject_application
from .cases import assign_case, assign_case_in, end_case
from .codice_fiscale import reveal_codice_fiscale, rotate_field_keys, set_codice_fiscale
from .guests import close_guest, make_guest
from .imports import import_people, preview_import
from .letters import activate_account, make_letter, open_letter, revoke_letter, use_letter
from .notices import acknowledge_notice
from .people import change_profile, create_person
from .reading import PersonCard, export_people, open_card
from .roles import end_role, grant_role

__all__ = [
    "PersonCard",
    "accept_application",
    "acknowledge_notice",
    "activate_account",
    "apply_for_account",
    "assign_case",
    "assign_case_in",
    "change_profile",
    "close_guest",
    "create_person",
    "end_case",
    "end_role",
    "export_people",
    "forget_applications",
    "grant_role",
    "import_people",
    "make_guest",
    "make_letter",
    "open_card",
    "open_letter",
    "preview_import",
    "reject_application",
    "reveal_codice_fiscale",
    "revoke_letter",
    "rotate_field_keys",
    "set_codice_fiscale",
    "use_letter",
]
