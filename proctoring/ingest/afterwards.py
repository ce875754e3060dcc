"""A capture under way while its session ends, or its consent is withdrawn, leaves nothing behind."""

from collections.abc import Callable

from accounts.tenancy import within
from proctoring.analysis import context, forgetting
from proctoring.analysis.context import SessionContext
from proctoring.incidents import services as incidents
from proctoring.models import MonitoringSession
from proctoring.states import SESSION_LIVE


def look_again(session: MonitoringSession, version: int, may: Callable[[SessionContext], bool]) -> None:
    """After the memory was saved. `version`: of the context, before the work began; `may`: what was needed.

    Whoever ends a session changes the version first and empties the memory then: either that came after our
    save, or we see it here. Costs one question to the cache where nothing has changed.
    """
    if context.version_of(session.pk) == version:
        return
    with within(session.institution):
        now = MonitoringSession.objects.filter(pk=session.pk).first()
        if now is None:
            forgetting.everything(session)
        elif now.state != SESSION_LIVE:
            incidents.close_open(now)
            forgetting.ended(now)
        elif not may(context.of(now)):
            forgetting.everything(now)
