"""The reasons for which an absence may be justified, as data with their source. Pure.

The law lists seven (giustificato motivo); a policy says which an edition accepts and which need a paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Where the list stands. What a notice adds or narrows is a parameter of the edition's policy.
SOURCE = "DL 48/2023 art. 8; DM 13/12/2023 art. 9"


@dataclass(frozen=True)
class Reason:
    """One reason: the words of the law for professionals, plain ones for the person.

    `health`: the reason itself is health data (GDPR art. 9), so fewer people may read it.
    """

    code: str
    label: Promise
    plain: Promise
    health: bool = False


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            Reason(
                "illness",
                _("Documented illness or injury"),
                _("I was ill or hurt, and I have a certificate"),
                health=True,
            ),
            Reason("service", _("Civil or military service"), _("I had civil or military service")),
            Reason(
                "pregnancy",
                _("Pregnancy, for the months of abstention set by law"),
                _("I am pregnant or my baby was just born"),
                health=True,
            ),
            Reason("court", _("Summons of a court"), _("A judge called me")),
            Reason(
                "family",
                _("Serious family reasons, documented"),
                _("Something serious happened in my family"),
            ),
            Reason(
                "mobility",
                _("Legal limits to personal mobility"),
                _("The law did not let me leave the house or the town"),
            ),
            Reason(
                "impediment",
                _("Other proven objective impediment or force majeure"),
                _("Something else stopped me, and I can prove it"),
            ),
        )
    }
)
HEALTH = frozenset(code for code, reason in REASONS.items() if reason.health)
