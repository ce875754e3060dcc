"""A tab that is really hidden: capture goes on at its pace, and the stay elsewhere is noted to the second.

Playwright keeps every page in view; only chromedriver hides one as a person does who opens another tab.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from accounts.models import Institution, User
from accounts.tenancy import within
from exams.models import Attempt
from proctoring.browser.events import BrowserKind
from proctoring.live import presence
from proctoring.models import BrowserEvent
from tests import media
from tests.capture import RED, frame, give_consent, scripted  # noqa: F401
from tests.e2e.browsers import CHROMIUM, QUIET_FLAGS
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.proctoring import make_session

DRIVER = shutil.which("chromedriver")
LONG_S = 40
AWAY_PICTURES = 5
"""One comes each second; timers that a browser holds back would send one each minute."""
pytestmark = pytest.mark.skipif(
    DRIVER is None, reason="chromedriver is not installed (Debian: chromium-driver)"
)


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[WebDriver]:
    camera = media.write_mjpeg(tmp_path / "one.mjpeg", [frame(RED)] * 4)
    options = Options()
    options.binary_location = CHROMIUM or ""
    for flag in (
        *QUIET_FLAGS,
        "--headless=new",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    yield started
    started.quit()


def wait_for_text(driver: WebDriver, selector: str, part: str) -> str:
    """Waits until the element says so; its whole text."""
    found = lambda each: part in each.find_element(By.CSS_SELECTOR, selector).get_property("textContent")  # noqa: E731
    WebDriverWait(driver, LONG_S).until(found)
    return str(driver.find_element(By.CSS_SELECTOR, selector).get_property("textContent"))


@pytest.mark.usefixtures("scripted")
def test_a_hidden_tab_is_noted_and_its_camera_goes_on(
    asgi_server: str,
    institution: Institution,
    candidate: User,
    browser_of: Callable[[User], Client],
    driver: WebDriver,
) -> None:
    attempt: Attempt = make_attempt(enrol(make_sitting(make_exam(institution, kinds=("essay",))), candidate))
    give_consent(make_session(attempt), looked_for=[kind.value for kind in BrowserKind] + ["no_face"])
    driver.get(f"{asgi_server}/static/css/base.css")  # cookies are set for the page in view
    cookie = browser_of(candidate).cookies[settings.SESSION_COOKIE_NAME].value
    driver.add_cookie({"name": settings.SESSION_COOKIE_NAME, "value": cookie})
    driver.execute_script("sessionStorage.setItem('proctor-device', 'device-1')")
    driver.get(f"{asgi_server}/i/{institution.slug}/attempts/{attempt.pk}/exam/")
    exam = driver.current_window_handle
    wait_for_text(driver, "[data-picture-state]", "being sent and looked at")
    time.sleep(5.2)  # while the page opens, the browser may ask for devices: nothing is noted

    before, left_at = presence.read(attempt.pk).analysed, time.monotonic()
    driver.switch_to.new_window("tab")
    while (during := presence.read(attempt.pk).analysed - before) < AWAY_PICTURES:
        assert time.monotonic() - left_at < LONG_S, f"only {during} pictures came from the hidden tab"
        time.sleep(0.1)
    driver.close()
    driver.switch_to.window(exam)
    away_s = time.monotonic() - left_at

    told = wait_for_text(driver, "[data-noted-last]", "You left the exam's tab")
    with within(institution):
        (event,) = BrowserEvent.objects.filter(kind="tab_hidden")
    assert event.seconds is not None
    assert away_s - 2 <= event.seconds <= away_s + 2, told
