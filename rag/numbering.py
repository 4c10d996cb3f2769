"""Citation numbers that stay the same through a conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.types import Answer, Citation, Comparison, Turn

Place = tuple[str, int, int]

_MARKER = re.compile(r"\[(\d+)\]")


def continued(given: Answer, history: Sequence[Turn]) -> Answer:
    """The answer with its markers counted on from the conversation; words that were cited before keep their number."""
    known: dict[Place, int] = {}
    for turn in history:
        for citation in turn.citations:
            known.setdefault(_place(citation), citation.marker)
    if not known:
        return given
    last = max(known.values())
    markers: dict[int, int] = {}
    for citation in given.citations:
        last = last if _place(citation) in known else last + 1
        markers[citation.marker] = known.setdefault(_place(citation), last)
    return replace(
        given,
        text=_MARKER.sub(lambda found: f"[{markers.get(int(found[1]), int(found[1]))}]", given.text),
        citations=tuple(replace(citation, marker=markers[citation.marker]) for citation in given.citations),
        comparison=_renumbered(given.comparison, markers) if given.comparison else None,
    )


def _place(citation: Citation) -> Place:
    return citation.article_id, citation.start, citation.end


def _renumbered(comparison: Comparison, markers: Mapping[int, int]) -> Comparison:
    cells = tuple(tuple(tuple(markers[marker] for marker in cell) for cell in row) for row in comparison.cells)
    relations = tuple(
        replace(relation, first=markers[relation.first], second=markers[relation.second])
        for relation in comparison.relations
    )
    return replace(comparison, cells=cells, relations=relations)
