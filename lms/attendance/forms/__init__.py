"""What professionals fill in about classes, rules and absences."""

from .absences import (
    AbsenceFilter,
    DecisionForm,
    JustificationForm,
    OpenPaperForm,
    PaperForm,
    RecoveryForm,
)
from .classes import AmendForm, BreakForm, ClassFilter, CloseForm
from .inspectors import PassForm
from .policies import PolicyForm
from .registers import (
    CheckForm,
    IdentityForm,
    ParticularsForm,
    ProofForm,
    ReportForm,
    StudyPageForm,
    VidimationForm,
)

__all__ = [
    "AbsenceFilter",
    "AmendForm",
    "BreakForm",
    "CheckForm",
    "ClassFilter",
    "CloseForm",
    "DecisionForm",
    "IdentityForm",
    "JustificationForm",
    "OpenPaperForm",
    "PaperForm",
    "ParticularsForm",
    "PassForm",
    "PolicyForm",
    "ProofForm",
    "RecoveryForm",
    "ReportForm",
    "StudyPageForm",
    "VidimationForm",
]
