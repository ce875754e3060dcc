"""Where a person is signed in: listed, ended after the password, warned of an exam; told of new devices."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import devices, sign_ins
from accounts.models import Institution, SignIn, User
from accounts.tenancy import within
from tests.factories.accounts import PASSWORD
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting

PAGE = "/account/sign-ins/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def signed_in(person: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)
    return client


def confirmed(client: Client) -> Client:
    """The same, having entered the password once more."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/person/").status_code == 200


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def newest(person: User) -> SignIn:
    return SignIn.objects.filter(person=person)[0]


def test_each_sign_in_is_listed_with_its_device(candidate: User, second_candidate: User) -> None:
    signed_in(second_candidate, EDGE)
    signed_in(candidate, EDGE)
    page = text(signed_in(candidate).get(PAGE))
    assert "Here: Firefox on Linux, since" in page
    assert page.count("Edge on Windows, since") == 2  # its line and the name of its button
    assert newest(candidate).means == "password"


def test_times_are_in_the_zone_of_the_institution_unless_one_chose_another(
    candidate: User, institution: Institution
) -> None:
    Institution.objects.filter(pk=institution.pk).update(time_zone="Asia/Tokyo")
    page = signed_in(candidate)
    assert "Times are in Asia/Tokyo" in page.get(PAGE).content.decode()
    User.objects.filter(pk=candidate.pk).update(time_zone="America/Lima")
    assert "Times are in America/Lima" in page.get(PAGE).content.decode()


def test_ending_a_session_asks_for_the_password_and_ends_that_one_alone(candidate: User) -> None:
    other = signed_in(candidate, EDGE)
    row = newest(candidate)
    third, here = signed_in(candidate), signed_in(candidate)
    asked = here.post(PAGE, {"session": str(row.pk)})
    assert (asked.status_code, is_in(other)) == (302, True)
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    confirmed(here)
    assert here.post(PAGE, {"session": str(row.pk)}).status_code == 302
    assert (is_in(other), is_in(third), is_in(here)) == (False, True, True)
    row.refresh_from_db()
    assert row.ended_at is not None and not row.session_key


def test_all_others_end_and_this_one_stays(candidate: User, second_candidate: User) -> None:
    others, stranger = [signed_in(candidate), signed_in(candidate, EDGE)], signed_in(second_candidate)
    here = confirmed(signed_in(candidate))
    page = here.post(PAGE, {"session": "others"}, follow=True)
    assert "Sessions that were ended: 2." in text(page) and "signed in nowhere else" in text(page)
    assert [is_in(each) for each in (*others, here, stranger)] == [False, False, True, True]


def test_sessions_of_others_cannot_be_ended(candidate: User, second_candidate: User) -> None:
    theirs = signed_in(second_candidate)
    here = confirmed(signed_in(candidate))
    for wanted in (str(newest(second_candidate).pk), str(newest(candidate).pk), "0", "x", ""):
        assert here.post(PAGE, {"session": wanted}).status_code == 404
    assert is_in(theirs) and is_in(here)


def test_a_running_exam_is_told_of_and_has_to_be_confirmed(candidate: User, institution: Institution) -> None:
    person = candidate
    with within(institution):
        attempt = make_attempt(enrol(make_sitting(make_exam(institution)), person))
    other = signed_in(person)
    here = confirmed(signed_in(person))
    assert "is under way" in text(here.get(PAGE))
    assert here.post(PAGE, {"session": "others"}).status_code == 400
    assert is_in(other)
    here.post(PAGE, {"session": "others", "understood": "yes"})
    assert not is_in(other)
    with within(institution):
        before = attempt.state
        attempt.refresh_from_db()
    assert attempt.state == before


def test_a_new_password_and_signing_out_end_what_is_listed(candidate: User) -> None:
    signed_in(candidate)
    here = signed_in(candidate)
    new = "another long word of mine"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/change/", form).status_code == 302
    (left,) = sign_ins.live_of(candidate)
    assert left.session_key == here.session.session_key
    here.post("/account/logout/")
    assert sign_ins.live_of(candidate) == []


def test_no_more_sessions_than_written_down(candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_ins, "MOST_SESSIONS", 2)
    first, second, third = signed_in(candidate), signed_in(candidate), signed_in(candidate)
    assert [is_in(each) for each in (first, second, third)] == [False, True, True]


def test_staff_are_told_of_a_new_device_and_candidates_are_not(
    officer: User, candidate: User, institution: Institution, mailoutbox: Any
) -> None:
    for person in (officer, candidate):
        signed_in(person, FIREFOX)
        signed_in(person, FIREFOX.replace("140", "141"))
        assert mailoutbox == []
    signed_in(candidate, EDGE)
    assert mailoutbox == []
    signed_in(officer, EDGE)
    (message,) = mailoutbox
    assert (message.to, message.subject) == ([officer.email], "You signed in on a new device")
    assert "Edge on Windows" in message.body and PAGE in message.body


def test_the_operator_ends_sessions_of_one_or_of_all(candidate: User, second_candidate: User) -> None:
    one, other = signed_in(candidate), signed_in(second_candidate)
    told = StringIO()
    call_command("sign_out", "--person", candidate.email.upper(), stdout=told)
    assert (is_in(one), is_in(other)) == (False, True)
    call_command("sign_out", "--everybody", stdout=told)
    assert not is_in(other) and told.getvalue().count("ended: 1.") == 2
    with pytest.raises(CommandError):
        call_command("sign_out", "--person", "nobody@example.org")


def test_old_lines_go_and_young_ones_stay(candidate: User) -> None:
    signed_in(candidate)
    young = newest(candidate)
    old = SignIn.objects.create(person=candidate, at=young.at - sign_ins.KEPT)
    assert sign_ins.clear_old() == 1
    assert set(SignIn.objects.filter(person=candidate)) == {young} and old.pk != young.pk


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "Another browser on another system"),
        ("", ""),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert devices.in_words(agent) == words
