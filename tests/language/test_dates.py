"""Date phrases are found, and mean the days that a reader takes them to mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.dates import find, said_on

FRIDAY = "2018-09-07"


@pytest.mark.parametrize(
    ("text", "phrase", "since", "until"),
    [
        ("on 7 September 2018", "7 September 2018", "2018-09-07", "2018-09-07"),
        (
            "On September 7, 2018, he spoke",
            "September 7, 2018",
            "2018-09-07",
            "2018-09-07",
        ),
        ("the 3rd of May 2017", "3rd of May 2017", "2017-05-03", "2017-05-03"),
        ("published 2018-09-07.", "2018-09-07", "2018-09-07", "2018-09-07"),
        ("in 2018-09", "2018-09", "2018-09-01", "2018-09-30"),
        ("Friday, Sept. 7, 2018", "Friday, Sept. 7, 2018", "2018-09-07", "2018-09-07"),
        ("from September 5-8, 2018", "September 5-8, 2018", "2018-09-05", "2018-09-08"),
        (
            "between 5 and 8 September 2018",
            "5 and 8 September 2018",
            "2018-09-05",
            "2018-09-08",
        ),
        ("February 2016", "February 2016", "2016-02-01", "2016-02-29"),
        ("in december 2015", "december 2015", "2015-12-01", "2015-12-31"),
        ("in 2016", "2016", "2016-01-01", "2016-12-31"),
        ("2016", "2016", "2016-01-01", "2016-12-31"),
        ("by late 2015", "2015", "2015-01-01", "2015-12-31"),
        ("by 2015, the", "2015", "2015-01-01", "2015-12-31"),
        ("autumn 2018", "autumn 2018", "2018-09-01", "2018-11-30"),
        ("the winter of 2017", "winter of 2017", "2017-12-01", "2018-02-28"),
        ("in the 1990s", "the 1990s", "1990-01-01", "1999-12-31"),
    ],
)
def test_a_phrase_with_its_year_needs_no_today(
    text: str, phrase: str, since: str, until: str
) -> None:
    for today in (None, FRIDAY):
        [found] = find(text, today)
        assert (found.span.of(text), found.since, found.until) == (phrase, since, until)


@pytest.mark.parametrize(
    ("text", "is_present"),
    [
        ("today", True),
        ("this week", True),
        ("this year", True),
        ("yesterday", False),
        ("last week", False),
        ("next month", False),
        ("in September", False),
        ("on Friday", False),
        ("in 2018", False),
    ],
)
def test_words_for_the_time_around_the_day_itself_are_told_apart(
    text: str, is_present: bool
) -> None:
    assert [phrase.is_present for phrase in find(text, FRIDAY)] == [is_present]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("on 7 September", "2018-09-07", "2018-09-07"),
        ("on Sept. 8", "2017-09-08", "2017-09-08"),
        ("on 29 February", "2016-02-29", "2016-02-29"),
        ("in December", "2017-12-01", "2017-12-31"),
        ("in May", "2018-05-01", "2018-05-31"),
        ("last September", "2017-09-01", "2017-09-30"),
        ("this September", "2018-09-01", "2018-09-30"),
        ("this spring", "2018-03-01", "2018-05-31"),
        ("last autumn", "2017-09-01", "2017-11-30"),
        ("on Tuesday", "2018-09-04", "2018-09-04"),
        ("last Tuesday", "2018-09-04", "2018-09-04"),
        ("on Friday", "2018-09-07", "2018-09-07"),
        ("last Friday", "2018-08-31", "2018-08-31"),
        ("next Monday", "2018-09-10", "2018-09-10"),
        ("over the weekend", "2018-09-01", "2018-09-02"),
        ("today", "2018-09-07", "2018-09-07"),
        ("yesterday", "2018-09-06", "2018-09-06"),
        ("the day  before\nyesterday", "2018-09-05", "2018-09-05"),
        ("last week", "2018-08-27", "2018-09-02"),
        ("this month", "2018-09-01", "2018-09-30"),
        ("next month", "2018-10-01", "2018-10-31"),
        ("last year", "2017-01-01", "2017-12-31"),
        ("two weeks ago", "2018-08-20", "2018-08-26"),
        ("10 months ago", "2017-11-01", "2017-11-30"),
        ("three years ago", "2015-01-01", "2015-12-31"),
        ("in the past three days", "2018-09-04", "2018-09-07"),
        ("over the last two months", "2018-07-07", "2018-09-07"),
    ],
)
def test_a_phrase_without_its_year_is_read_from_the_day_of_writing(
    text: str, since: str, until: str
) -> None:
    [found] = find(text, FRIDAY)
    assert (found.since, found.until) == (since, until)
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,990 people and 2000 troops on page 2016",
        "attended by 2000 people",
        "in 2016,000 cases",
        "he may say that they march on",
        "May said that April was ill",
        "a letter by May to August Wilson",
        "Super Tuesday, Black Friday and every Sunday",
        "31 February 2018",
        "the 33rd of September",
        "resolution 2254 and A2018-09-07",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert find(text, FRIDAY) == []


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("on FRİDAY 5 of them met", "2018-09-07"),
        ("on Frıday 5 of them met", "2018-09-07"),
        ("7 APRİL 2018", "2018-04-07"),
    ],
)
def test_letters_of_turkish_are_read_as_the_english_ones(text: str, since: str) -> None:
    [found] = find(text, FRIDAY)
    assert (found.since, found.until) == (since, since)


def test_several_phrases_stand_in_order_without_overlap() -> None:
    text = "Between 2015 and 2017, and on Tuesday, 4 September 2018, she said what she had said last year."
    assert [phrase.span.of(text) for phrase in find(text, FRIDAY)] == [
        "2015",
        "2017",
        "Tuesday, 4 September 2018",
        "last year",
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("7 September 2018", "2018-09-07"),
        ("September 2018", "2018-09"),
        ("in 2016", "2016"),
        ("two weeks ago", "2018-08"),
        ("last week", "2018"),
        ("the 1990s", None),
    ],
)
def test_said_on_is_the_shortest_iso_that_holds_the_phrase(
    text: str, iso: str | None
) -> None:
    [found] = find(text, FRIDAY)
    assert said_on(found) == iso


@given(st.text(alphabet="0129 -,/maytuesdlgoin", max_size=60), st.dates())
def test_any_text_gives_real_intervals_within_it(text: str, today: date) -> None:
    for phrase in find(text, today.isoformat()):
        assert date.fromisoformat(phrase.since) <= date.fromisoformat(phrase.until)
        assert phrase.span.of(text).strip()
