"""The background worker, ended with its parent: `python -m scripts.work`."""

from __future__ import annotations

import os

from .family import leave_with_parent


def main() -> None:
    leave_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    import django
    from django.core.management import call_command

    django.setup()
    # A worker that was killed leaves its locks behind; there is one worker, so they are nobody's.
    call_command("run_huey", "--quiet", "--flush-locks")


if __name__ == "__main__":
    main()
