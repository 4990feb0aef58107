"""The fences that come on top of the first one (migration 0003), which refuses UPDATE, and DELETE on PostgreSQL."""

from lms.fences import Fences

FENCES = Fences("audit", {"audit_entry": ""}, "audit_entry is append-only")
