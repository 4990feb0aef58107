"""The form in which two spellings count as one, for searching: no case, no accents, single spaces. Pure."""

import unicodedata


def fold(text: str) -> str:
    """«Identità  Digitale» and «identita digitale» are one."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
