"""Static files, answered before Django is asked."""

import re
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStaticASGI

_HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9]+$")


def with_static_files(application: Any) -> ServeStaticASGI:
    """The application behind the collected files: names that carry a hash of their content are kept for good.

    Where nothing was collected (tests, a bare manage.py) the files are served from where they lie.
    """
    prefix = settings.STATIC_URL
    site = ServeStaticASGI(
        application,
        max_age=60,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
    )
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        site.add_files(settings.STATIC_ROOT, prefix)
    else:
        for finder in get_finders():
            for name, storage in finder.list([".*", "*~"]):
                site.add_file_to_dictionary(f"{prefix}{name}", storage.path(name))
    return site
