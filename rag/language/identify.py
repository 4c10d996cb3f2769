"""Which language a text is in, told by its letters or its commonest words.

The commonest words of ten languages in Latin letters are data, in `identify.json` beside
this file.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from rag.language import lexicon

# The start of a text tells its language as well as all of it: some 330 words of news.
_SAMPLE_CHARS = 2_000
# The commonest words are 26 % of the words of English news, and 19 % even in the hundredth
# article with the fewest (1,441 articles). Fewer than one word in ten is some other language.
_ONE_WORD_IN = 10
# so that a headline such as "Talks go on" is left open; chosen by hand
_CLEAR_COUNT = 5
# Neighbours share words ("de", "que", "para"): the second language of those articles has at
# most a third of the count of the first. A lead of two leaves room for quotations in another.
_CLEAR_LEAD = 2

# every script from Greek and Cyrillic to those of India and South-East Asia, then kana,
# Chinese and Hangul
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u3040-\ud7af]")
_ONE_LETTER_IN = 3  # names in Latin letters may stand among them
# A language, letters that tell it, and among how many of all letters at least one of them
# stands. The first that fits is taken: languages with letters of their own stand before those
# that share the rest of the script with them.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]"), 10),  # kana, among the characters of Chinese
    ("ko", re.compile(r"[\uac00-\ud7af]"), 3),
    ("zh", re.compile(r"[\u4e00-\u9fff]"), 3),
    ("el", re.compile(r"[\u0370-\u03ff]"), 3),
    ("he", re.compile(r"[\u0590-\u05ff]"), 3),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), 3),
    ("ur", re.compile(r"[ٹڈڑںہے]"), 15),  # Urdu's own, some of them in every sentence
    ("fa", re.compile(r"[پچژگ]"), 80),  # Persian's own are rarer
    ("ar", re.compile(r"[\u0600-\u06ff]"), 3),
    ("uk", re.compile(r"[іїєґ]"), 30),  # in no Russian word of today
    ("ru", re.compile(r"[ыэё]"), 60),  # in no Ukrainian and no Bulgarian word
)


def guess_language(text: str) -> str | None:
    """The two-letter code of the language, told by its letters or its commonest words,
    where that is clear.
    """
    sample = text[:_SAMPLE_CHARS].lower()
    words = re.findall(r"[^\W\d_]+", sample)
    letters = sum(map(len, words))
    if len(_NOT_LATIN.findall(sample)) * _ONE_LETTER_IN > letters:
        return _by_script(sample, letters)
    return _by_common_words(words)


def _by_script(sample: str, letters: int) -> str | None:
    for code, script, one_in in _SCRIPTS:
        if len(script.findall(sample)) * one_in > letters:
            return code
    return None


def _by_common_words(words: list[str]) -> str | None:
    written = Counter(words)
    found: Counter[str] = Counter()
    for code, common in _common_words().items():
        found[code] = sum(map(written.__getitem__, common))
    (best, most), (_, next_most) = found.most_common(2)
    clear = max(_CLEAR_COUNT, len(words) // _ONE_WORD_IN, _CLEAR_LEAD * next_most)
    return best if most >= clear else None


@cache
def _common_words() -> dict[str, frozenset[str]]:
    given = lexicon.of_all("identify")["common_words"]
    return {code: frozenset(words.split()) for code, words in given.items()}
