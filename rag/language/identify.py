"""Which language a text is in, told by its letters or its commonest words."""

from __future__ import annotations

import re
from collections import Counter

# Language

_SAMPLE_CHARS, _CLEAR_COUNT, _CLEAR_LEAD = 2_000, 5, 2
_COMMON_WORDS = {
    "en": "the of and to in that is was for on with as by at from his has have said would not be are which this",
    "de": "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat",
    "fr": "le la les des et du une est que dans qui pour pas sur au par il plus ce avec sont aux cette ses mais",
    "es": "el la los las de que y del en un una por con para se su al es lo más como pero sus este ha fue",
    "it": "il la di che e del della un una per con non sono i gli le al dei nel è alla si ha anche delle più",
    "pt": "o a os as de que e do da em um uma para com não se na no dos por mais ao foi das à são é",
    "nl": "de het een en van in dat op te zijn voor met die niet is aan er om ook als door naar bij uit",
    "sv": "och att det som en på är av för med till den har inte om ett han men var jag de sig från vi",
    "pl": "w i z na do się że nie to jest o jak za po od przez który dla był oraz ale są tym być",
    "tr": "ve bir bu da de için ile olarak daha çok olan gibi en ancak sonra kadar ne ise her o ki",
}
_COMMON_WORD_SETS = {
    language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()
}
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u3040-\ud7af]")
# a language, letters that tell it, and among how many of all letters at least one of them
# stands
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]"), 10),
    ("ko", re.compile(r"[\uac00-\ud7af]"), 3),
    ("zh", re.compile(r"[\u4e00-\u9fff]"), 3),
    ("el", re.compile(r"[\u0370-\u03ff]"), 3),
    ("he", re.compile(r"[\u0590-\u05ff]"), 3),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), 3),
    ("ur", re.compile(r"[ٹڈڑںہے]"), 15),
    ("fa", re.compile(r"[پچژگ]"), 80),
    ("ar", re.compile(r"[\u0600-\u06ff]"), 3),
    ("uk", re.compile(r"[іїєґ]"), 30),
    ("ru", re.compile(r"[ыэё]"), 60),
)


def guess_language(text: str) -> str | None:
    """The two-letter code of the language, told by its letters or its commonest words,
    where that is clear.
    """
    sample = text[:_SAMPLE_CHARS].lower()
    words = re.findall(r"[^\W\d_]+", sample)
    letters = sum(map(len, words))
    if len(_NOT_LATIN.findall(sample)) * 3 > letters:
        return next(
            (
                code
                for code, script, one_in in _SCRIPTS
                if len(script.findall(sample)) * one_in > letters
            ),
            None,
        )
    counts = Counter(words)
    found = Counter(
        {
            code: sum(map(counts.__getitem__, common))
            for code, common in _COMMON_WORD_SETS.items()
        }
    )
    (best, most), (_, next_most) = found.most_common(2)
    return (
        best
        if most >= max(_CLEAR_COUNT, len(words) // 10, _CLEAR_LEAD * next_most)
        else None
    )
