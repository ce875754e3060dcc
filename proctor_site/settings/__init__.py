"""The project's settings, joined from one file per topic; values come from the environment (env.py)."""

from proctor_site.settings.api import *  # noqa: F403
from proctor_site.settings.apps import *  # noqa: F403
from proctor_site.settings.compat import *  # noqa: F403
from proctor_site.settings.database import *  # noqa: F403
from proctor_site.settings.jobs import *  # noqa: F403
from proctor_site.settings.live_video import *  # noqa: F403
from proctor_site.settings.logs import *  # noqa: F403
from proctor_site.settings.mail import *  # noqa: F403
from proctor_site.settings.proctoring import *  # noqa: F403
from proctor_site.settings.realtime import *  # noqa: F403
from proctor_site.settings.roles import *  # noqa: F403
from proctor_site.settings.security import *  # noqa: F403
from proctor_site.settings.storage import *  # noqa: F403
