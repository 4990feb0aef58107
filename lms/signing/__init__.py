"""What signs for this installation: keys outside the database, in files or in a PKCS#11 token, and the seal of papers.

It knows no model and no page, so that every app may use it: `Ring("register")` are the keys of one purpose.
"""

from .keys import NoKey, Ring

__all__ = ["NoKey", "Ring"]
