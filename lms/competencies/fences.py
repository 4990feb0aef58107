"""The fences that come on top of the first ones (migrations 0002, 0004, 0006, 0008), which refuse UPDATE everywhere and
DELETE on PostgreSQL: rows stay (lms/fences.py), until a tombstone stands for their record."""

from lms.fences import Fences

_STANDS = "NOT EXISTS (SELECT 1 FROM competencies_tombstone t WHERE t.record_uuid = {row}.uuid)"
_RECORD_STANDS = (
    "NOT EXISTS (SELECT 1 FROM competencies_tombstone t JOIN competencies_competencyrecord r "
    "ON r.uuid = t.record_uuid WHERE r.id = {row}.record_id)"
)
#: table → when a row of it stays
FENCED = {
    "competencies_competencyrecord": _STANDS,
    "competencies_credential": _RECORD_STANDS,
    "competencies_statusplace": _RECORD_STANDS,
    "competencies_suspension": _RECORD_STANDS,
    "competencies_tombstone": "",
    "competencies_observation": "",
    "competencies_proposal": "",
    "competencies_decision": "",
    "competencies_rectification": "",
    "competencies_receiveddocument": "",
}

FENCES = Fences(
    "competencies", FENCED, "What was written about a person is never deleted: another row is added."
)
