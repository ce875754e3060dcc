"""The compat key of the demo: always the same, so that pages of the replaced systems can be tried at once."""

from datetime import timedelta

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.scheduling import sittings
from proctor_site.demo.connections import make_session
from proctor_site.kernel import clock
from proctoring import compat_keys
from proctoring.compat_keys import NULL_ORIGIN, KeyTerms
from proctoring.models import CompatKey
from proctoring.models.compat import Contract

KEY = f"{compat_keys.MARK}demo-for-pages-of-replaced-systems"
"""No secret: it is printed, and good for a demo institution on one machine."""
_PORTS = (3000, 5173, 5500, 8080)


def make_key(institution: Institution, *, admin: User, officer: User, proctor: User) -> None:
    """Makes the key, for pages from files and from usual ports of this machine, unless it is there."""
    with within(institution):
        if CompatKey.objects.filter(prefix=KEY[:10]).exists():
            return
        hosts = ("localhost", "127.0.0.1")
        terms = KeyTerms(
            label="Pages of replaced systems (demo)",
            contracts=Contract.values,
            notice="https://demo.example/notice",
            obtains_consent=True,
            origins=[NULL_ORIGIN, *(f"http://{host}:{port}" for host in hosts for port in _PORTS)],
            sound=True,
            faces=True,
        )
        began = clock.now() - timedelta(hours=1)
        with clock.at(began - timedelta(minutes=5)):
            key, _ = compat_keys.make_key(institution, terms, sitting=None, actor=admin, secret=KEY)
        sittings.assign_proctor(key.sitting, proctor, actor=officer)
        make_session(key.sitting, name="interview-7731", began=began, actor=key.account)
