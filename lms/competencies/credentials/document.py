"""From the content of a record to an Open Badges 3.0 credential (VC 2.0), not yet signed.

It is made of the content alone, its issuer and its place in the status lists: the same record gives the same
document. Left out on purpose: the notice and the project code (they tell the measure), the share of attendance,
everything that the content does not hold either (a name, absences, the codice fiscale).
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from . import contexts

_IDS = uuid.UUID(
    "2f6b7f2c-5a53-4bb8-9a0e-0a4a3f2b7c11"
)  # of results and achievements without an id of their own
STATUS = ("revocation", "suspension")


def unsigned(content: dict[str, Any], *, issuer: str, status: dict[str, str], index: int) -> dict[str, Any]:
    """The document; `status` gives the address of the list for each purpose."""
    with translation.override(content["language"]):
        achievement, results = _achievement(content, issuer)
        document = {
            "@context": [contexts.CREDENTIALS, contexts.OPEN_BADGES],
            "id": content["record_id"],
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": content["title"],
            "issuer": {
                "id": issuer,
                "type": ["Profile"],
                "name": content["issuer"]["name"],
                "url": settings.SITE_URL,
            },
            "validFrom": moment(content["valid_from"]),
            "credentialSubject": {
                "id": content["subject"]["id"],
                "type": ["AchievementSubject"],
                "activityStartDate": f"{content['course']['starts_on']}T00:00:00Z",
                "activityEndDate": f"{content['course']['ends_on']}T00:00:00Z",
                "achievement": achievement,
                "result": results,
            },
            "evidence": [_evidence(each) for each in content["evidence"]],
            "credentialStatus": [
                {
                    "id": f"{status[purpose]}#{index}",
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": purpose,
                    "statusListIndex": str(index),
                    "statusListCredential": status[purpose],
                }
                for purpose in STATUS
            ],
        }
        if content.get("valid_until"):
            document["validUntil"] = moment(content["valid_until"])
    return document


def moment(text: str) -> str:
    """A moment in UTC without fractions, the form that every reader takes."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _achievement(content: dict[str, Any], issuer: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was achieved, and the results that speak for it, each beside its description."""
    competency, course = content["competency"], content["course"]
    name = f"{issuer}/{course['code']}/{course['edition']}/{competency['id'] if competency else ''}"
    descriptions, results = [], []
    for key, title, kind, value, limit in _results(content):
        description = {
            "id": f"urn:uuid:{uuid.uuid5(_IDS, f'{name}/{key}')}",
            "type": ["ResultDescription"],
            "name": title,
            "resultType": kind,
        }
        if limit:
            description["valueMax"] = limit
        descriptions.append(description)
        results.append({"type": ["Result"], "resultDescription": description["id"], "value": value})
    achievement = {
        "id": f"urn:uuid:{uuid.uuid5(_IDS, name)}",
        "type": ["Achievement"],
        "achievementType": "Competency" if competency else "Certificate",
        "name": content["title"],
        "description": content["description"] or content["title"],
        "criteria": {"narrative": _criteria(content)},
        "inLanguage": content["language"],
        "humanCode": competency["code"] if competency else course["code"],
        "resultDescription": descriptions,
    }
    if competency:
        achievement["alignment"] = [_alignment(content)]
    return achievement, results


def _alignment(content: dict[str, Any]) -> dict[str, Any]:
    competency, framework = content["competency"], content["framework"]
    return {
        "type": ["Alignment"],
        "targetType": "ceasn:Competency",
        "targetName": competency["title"],
        "targetCode": competency["code"],
        "targetUrl": competency["uri"] or competency["id"],
        "targetFramework": f"{framework['title']} {framework['version']}",
    }


def _results(content: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """Key, title, type, value and greatest value of each result."""
    learning = content["learning"]
    found = [
        (
            "hours",
            _("Hours attended"),
            "RawScore",
            hours(learning["done"]),
            hours(learning["planned"]),
        )
    ]
    if content["level"]:
        found.append(("level", _("Level"), "PerformanceLevel", content["level"]["title"], ""))
    for number, test in enumerate(content["assessment"], start=1):
        found.append((f"test-{number}", test["title"], "RawScore", test["score"], test["max_score"]))
    return found


def hours(duration: str) -> str:
    """Hours with at most two decimals, of a duration that content.py wrote (PT90M → 1.5)."""
    minutes = int(duration.removeprefix("PT").removesuffix("M"))
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def _criteria(content: dict[str, Any]) -> str:
    course = content["course"]
    words = {"course": course["title"], "edition": course["edition"]}
    if content["competency"]:
        return (
            _(
                "Shown in the course “%(course)s” (%(edition)s): whoever answers for it looked at the hours attended and "
                "at the tests, and confirmed it."
            )
            % words
        )
    return _("The hours asked for were attended in the course “%(course)s” (%(edition)s).") % words


def _evidence(each: dict[str, Any]) -> dict[str, Any]:
    titles = {
        "register": _("Register of attendance"),
        "quiz": _("Test of the course"),
        "observation": _("Seen by a trainer"),
    }
    return {
        "type": ["Evidence"],
        "name": titles.get(each["type"], each["type"]),
        "genre": each["type"],
        "narrative": _("Kept by the issuer. SHA-256 %(digest)s") % {"digest": each["sha256"]},
    }
