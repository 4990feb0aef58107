"""Janus, for real sites: Debian's `janus`, configured as in deploy/janus."""

from .engine import Janus

__all__ = ["Janus"]
