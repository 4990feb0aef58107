"""The test settings on a database that another process made."""

import json
import os

from lms.settings.test import *  # noqa: F403
from lms.settings.test import DATABASES

DATABASES["default"] |= json.loads(os.environ["WORKER_DATABASE"])
