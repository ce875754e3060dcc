"""Countries and time zones to choose from."""

import zoneinfo

import pytest
from django.core.exceptions import ValidationError

from accounts import countries


def test_all_countries_of_the_norm() -> None:
    codes = [code for code, _ in countries.countries()]
    assert len(codes) == len(set(codes)) == 249
    assert {"AT", "CH", "DE", "IN", "US", "ZW"} <= set(codes)
    assert countries.country_name("AT") == "Austria"
    assert countries.country_name("XX") == "XX"


@pytest.mark.parametrize("code", ["", "at", "XX", "AUT"])
def test_unknown_countries_are_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        countries.known_country(code)


def test_every_offered_zone_exists() -> None:
    assert set(countries.time_zones()) <= zoneinfo.available_timezones()
    assert {"UTC", "Europe/Vienna", "Asia/Kolkata"} <= set(countries.time_zones())


def test_present_zone_of_an_old_spelling_stays_choosable() -> None:
    assert ("Asia/Calcutta", "Asia/Calcutta") not in countries.time_zone_choices()
    assert ("Asia/Calcutta", "Asia/Calcutta") in countries.time_zone_choices("Asia/Calcutta")
