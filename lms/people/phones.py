"""Phone numbers as people write them."""

from django.conf import settings
from phonenumber_field.phonenumber import to_python


def e164(text: str) -> str:
    """The number in E.164, read as Italian without a prefix; "" when it is no number."""
    number = to_python(text, region=settings.PHONENUMBER_DEFAULT_REGION)
    return number.as_e164 if number and number.is_valid() else ""
