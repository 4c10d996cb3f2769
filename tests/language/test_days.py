"""Days are read from any common form, compared, and written for readers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.days import (
    date_alone,
    days_apart,
    first_day,
    is_of_days,
    iso_date,
    last_day,
)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-09-07", "2018-09-07"),
        ("2018-09-07T23:30:00-05:00", "2018-09-07"),
        ("2018-09-07 10:00:00", "2018-09-07"),
        ("20180907", "2018-09-07"),
        ("20180907T120000Z", "2018-09-07"),
        ("2018/9/7", "2018-09-07"),
        ("Fri, 07 Sep 2018 12:00:00 GMT", "2018-09-07"),
        ("7 September 2018", "2018-09-07"),
        ("7th of September, 2018", "2018-09-07"),
        ("7. September 2018", "2018-09-07"),
        ("7-Sep-2018", "2018-09-07"),
        ("Sept. 7, 2018", "2018-09-07"),
        ("7 APRİL 2018", "2018-04-07"),
        ("7 ſeptember 2018", "2018-09-07"),
        ("September 7th 2018, 10:30 a.m.", "2018-09-07"),
        ("13/09/2018", "2018-09-13"),
        ("09/13/2018", "2018-09-13"),
        ("07.07.2018", "2018-07-07"),
        ("29 February 2016", "2016-02-29"),
        ("07/09/2018", None),
        ("2018-13-45", None),
        ("31 February 2018", None),
        ("29 February 2018", None),
        ("0001-01-01", None),
        ("2018", None),
        ("September 2018", None),
        ("Sept 7", None),
        ("07/09/18", None),
        ("1536300000", None),
        ("2018-09-07 to 2018-09-09", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_day_is_read_from_any_common_form(written: str, day: str | None) -> None:
    assert iso_date(written) == day


@given(
    st.dates(min_value=date(1605, 1, 1)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"]),
)
def test_every_day_is_read_in_every_form(day: date, form: str) -> None:
    written = day.strftime(form).replace("%Y", f"{day.year:04}")
    assert iso_date(written) == day.isoformat()


@given(st.text() | st.from_regex(r"[0-9/. -]{6,12}"))
def test_any_string_is_a_real_date_or_none(written: str) -> None:
    found = iso_date(written)
    assert found is None or date.fromisoformat(found).isoformat() == found


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published: Friday, Sept. 7, 2018 10:30 a.m. EST", "2018-09-07"),
        ("Updated on 2018-09-07 at 10:30", "2018-09-07"),
        ("7/9/2018", None),
        ("On 7 September 2018 they met in Tehran.", None),
        ("Published", None),
    ],
)
def test_a_date_stands_alone_among_the_words_of_a_dateline(
    line: str, day: str | None
) -> None:
    assert date_alone(line) == day


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2018-09-07", 20180907, 20180907),
        ("2018-09", 20180901, 20180931),
        ("2018", 20180101, 20181231),
        ("", None, None),
        (None, None, None),
    ],
)
def test_the_days_of_a_day_a_month_and_a_year(
    iso: str | None, first: int | None, last: int | None
) -> None:
    assert (first_day(iso), last_day(iso)) == (first, last)


@pytest.mark.parametrize(
    ("iso", "since", "until", "is_of"),
    [
        ("2018-09-07", "2018-09-07", "2018-09-07", True),
        ("2018-09-07", "2018-09-08", None, False),
        ("2018-09-07", None, "2018-09-06", False),
        ("2018-09", "2018-09-30", None, True),
        ("2018", None, "2018-01-01", True),
        ("2018", "2019", None, False),
        (None, None, None, True),
        (None, "2018", None, False),
        (None, None, "2018", False),
    ],
)
def test_a_day_may_lie_between_two_others(
    iso: str | None, since: str | None, until: str | None, is_of: bool
) -> None:
    assert is_of_days(iso, since, until) is is_of


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("2018-09-07", "2018-09-07", 0),
        ("2018-09-07", "2018-09-10", 3),
        ("2018-09-10", "2018-09-07", 3),
        ("2018-12-31", "2019-01-01", 1),
        ("2016-02-28", "2016-03-01", 2),
        ("2018-09-07", "2018-09", 0),
        ("2018", "2018-09-07", 0),
        ("2018-09-07", None, 0),
        (None, None, 0),
        ("", "2018-09-07", 0),
    ],
)
def test_the_days_between_two_days(
    one: str | None, other: str | None, apart: int
) -> None:
    assert days_apart(one, other) == apart


@given(st.dates(), st.dates())
def test_two_days_are_as_far_apart_either_way(one: date, other: date) -> None:
    apart = days_apart(one.isoformat(), other.isoformat())
    assert apart == days_apart(other.isoformat(), one.isoformat())
    assert apart == abs(one.toordinal() - other.toordinal())
