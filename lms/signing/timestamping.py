"""The authority that says the time (RFC 3161): how it is asked, and which ones are believed."""

from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

_SECONDS = 15


def authority() -> Any:
    """The configured authority as pyhanko wants it, or None."""
    if not settings.TIMESTAMP_URL:
        return None
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    class Authority(TimeStamper):
        """Asks over HTTP; every way of not getting an answer is one error."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            try:
                async with httpx.AsyncClient(timeout=_SECONDS) as client:
                    answer = await client.post(
                        settings.TIMESTAMP_URL,
                        content=req.dump(),
                        headers={
                            "Content-Type": "application/timestamp-query",
                            "Accept": "application/timestamp-reply",
                        },
                    )
                answer.raise_for_status()
                return tsp.TimeStampResp.load(answer.content)
            except (httpx.HTTPError, ValueError) as error:
                raise TimestampRequestError(f"The timestamp authority did not answer: {error}") from error

    return Authority()


def roots() -> list[Any]:
    """The certificates of authorities that are believed; none configured, none is checked."""
    return certificates_in(Path(settings.TIMESTAMP_ROOTS)) if settings.TIMESTAMP_ROOTS else []


def certificates_in(file: Path) -> list[Any]:
    """The certificates of a PEM file, as asn1crypto has them."""
    from pyhanko.keys import load_certs_from_pemder

    return list(load_certs_from_pemder([str(file)]))
