"""The language of a text is told by its letters or its commonest words."""

from __future__ import annotations

import pytest

from rag.language import lexicon
from rag.language.identify import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The president said that he would not be in the room with them for the talks on the province.",
            "en",
        ),
        (
            "Der Präsident sagte, dass er nicht mit den anderen in das Haus gehen und auf die Gäste warten werde.",
            "de",
        ),
        (
            "Le président a dit que les trois pays ne sont pas dans la même situation et que la paix est loin.",
            "fr",
        ),
        (
            "El presidente dijo que los tres países no están en la misma situación y que la paz es posible.",
            "es",
        ),
        (
            "Президент заявил, что переговоры были трудными, но стороны договорились о перемирии в провинции.",
            "ru",
        ),
        (
            "Президент заявив, що переговори були важкими, але сторони домовилися про перемир'я у провінції.",
            "uk",
        ),
        (
            "قال الرئيس إن المحادثات كانت صعبة لكن الأطراف اتفقت على هدنة في المحافظة.",
            "ar",
        ),
        (
            "رئیس جمهور گفت که گفتگوها دشوار بود ولی طرف‌ها درباره آتش‌بس در استان به توافق رسیدند پس از چند ساعت.",
            "fa",
        ),
        ("总统说，谈判很艰难，但各方就该省停火达成了协议。", "zh"),
        ("大統領は、協議は難航したが、双方は停戦で合意したと述べた。", "ja"),
        ("Talks go on", None),
        ("Цар каза да.", None),
        ("12 34 56", None),
    ],
)
def test_a_language_is_told_only_where_it_is_clear(
    text: str, language: str | None
) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize("code", list(lexicon.of_all("identify")["common_words"]))
def test_the_commonest_words_of_each_language_tell_it(code: str) -> None:
    common = lexicon.of_all("identify")["common_words"][code]
    assert guess_language(common) == code
