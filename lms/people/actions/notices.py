"""Information given and read."""

from datetime import datetime

from ..models import NoticeAcknowledgement, User


def acknowledge_notice(
    person: User,
    notice: str,
    version: str,
    *,
    language: str = "it",
    accepted: bool | None = None,
    at: datetime,
) -> NoticeAcknowledgement:
    """Note that this person read this version; `accepted` only for a voluntary choice.

    Takes no lock: the unique constraint decides. Safe to call twice: the first reading stays.
    """
    row, _created = NoticeAcknowledgement.objects.get_or_create(
        user=person,
        notice=notice,
        version=version,
        defaults={"language": language, "read_at": at, "accepted": accepted},
    )
    return row
