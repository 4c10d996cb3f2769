"""How well the bundled articles answer `floor/questions.jsonl`, written by reading them,
never falls unsaid.

`floor/floors.json` holds for each measure the floor that must be reached and the best floor
there ever was. A floor worse than the best carries a `reason` that begins with its date;
one that is left behind by more than the margin must be raised.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.evaluation import cases, measure
from rag.evaluation.cases import Case
from rag.evaluation.measure import LOWER_IS_BETTER, Measures, Row

HERE = Path(__file__).parent / "floor"
FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
MARGIN = 0.05

pytestmark = pytest.mark.timeout(600)  # all questions are asked before the first test


@pytest.fixture(scope="module")
def reached(bundled: Assistant) -> Measures:
    asked = [
        one
        for one in cases.read_cases(HERE / "questions.jsonl", bundled.articles())
        if isinstance(one, Case)
    ]
    rows = measure.rows(asked, {"ours": measure.on_record(bundled)})
    return measure.summary(row.observed["ours"] for row in rows if isinstance(row, Row))


def test_every_question_can_be_asked(bundled: Assistant) -> None:
    read = list(cases.read_cases(HERE / "questions.jsonl", bundled.articles()))
    assert [one for one in read if not isinstance(one, Case)] == []
    assert len(read) >= 40


def test_every_measure_has_a_floor() -> None:
    assert list(FLOORS) == list(measure.MEANS)


@pytest.mark.parametrize("name", measure.MEANS)
def test_the_floor_is_reached_and_follows(name: str, reached: Measures) -> None:
    better = _better(name, reached[name], FLOORS[name]["floor"])
    assert better >= 0, (
        f"{name} is {reached[name]:.3f}; the floor is {FLOORS[name]['floor']}"
    )
    raised = round(reached[name], 2)
    assert better <= MARGIN, (
        f'raise the floor: "{name}": {{"floor": {raised}, "best": {raised}}}'
    )


@pytest.mark.parametrize("name", measure.MEANS)
def test_a_lowered_floor_says_why(name: str) -> None:
    floor = FLOORS[name]
    assert _better(name, floor["floor"], floor["best"]) <= 0, (
        f'{name}: "best" is the best floor there ever was'
    )
    if floor["floor"] != floor["best"]:
        assert re.match(r"20\d\d-\d\d-\d\d: \S", floor.get("reason", "")), (
            f'{name}: add "reason": "DATE: why it is lower"'
        )


def _better(name: str, value: float, than: float) -> float:
    """By how much one value of a measure is better than another; to the third place, as the
    table shows it.
    """
    return round((than - value) if name in LOWER_IS_BETTER else (value - than), 3)
