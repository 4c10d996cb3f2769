"""Pure string work that keeps offsets: paragraphs, sentences, quotations, folding, fingerprints.

Every function takes time linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, zip_longest

from rag.language import lexicon
from rag.language.lexicon import Language
from rag.language.words import fold
from rag.types import Span

_LINE_END = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_LINE_BREAK = re.compile(_LINE_END)
_BLANK_LINE = re.compile(rf"{_LINE_END}(?:[^\S\n\r\x85\u2028\u2029]*{_LINE_END})+")
_OPENERS = "\"'“‘„«‹([{「『"
_CLOSERS = "\"'”’»›)]}」』"
_SENTENCE_END = re.compile(
    rf"(?<![.!?…])[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s)|(?<![。！？])[。！？]+[{re.escape(_CLOSERS)}]*"
)
_LAST_TOKEN = re.compile(r"[^\s(\[“‘\"'—–-]*\Z")
_NEXT_WORDS = re.compile(r"[^\W\d_]+(?:[.’'-]\w+)*")
_LOOK_BACK, _LOOK_AHEAD = 24, 60
_DIRECT_MARKS = re.compile(r"(?<=\S)'(?=''(?!'))|''|``|[\"“”„‟＂«»‹›‘’'「」『』]")
_FAMILY = {
    **dict.fromkeys(["''", "``", '"', "“", "”", "„", "‟", "＂"], "double"),
    **dict.fromkeys("«»‹›", "angle"),
    **dict.fromkeys("「」『』", "corner"),
    **dict.fromkeys("‘’", "single"),
    "'": "straight single",
}
_ALWAYS_OPENS, _ALWAYS_CLOSES = frozenset("„「『"), frozenset("」』")
_USUALLY_OPENS = frozenset(["“", "‟", "«", "‹", "``"])
_WEAK = frozenset(["single", "straight single"])


def paragraphs(text: str) -> list[Span]:
    """The paragraphs, trimmed: parted by blank lines in hard-wrapped text, otherwise by
    every line break.
    """
    breaks = _BLANK_LINE if _is_hard_wrapped(text) else _LINE_BREAK
    cuts = [
        0,
        *(cut for match in breaks.finditer(text) for cut in match.span()),
        len(text),
    ]
    return list(_trimmed(text, zip(cuts[::2], cuts[1::2], strict=True)))


def _is_hard_wrapped(text: str) -> bool:
    """Whether most line breaks inside blank-line paragraphs go on with a small letter."""
    inside = continued = 0
    previous = 0
    for match in _LINE_BREAK.finditer(text):
        if (
            match.start() > previous
            and not text[match.end() : match.end() + 1].isspace()
        ):
            inside += 1
            continued += text[match.end() : match.end() + 1].islower()
        previous = match.end()
    return continued * 2 > inside


def _trimmed(text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[Span]:
    for start, end in ranges:
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            start += len(piece) - len(piece.lstrip())
            yield Span(start, start + len(stripped))


def sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences, trimmed, in order, none across a paragraph; together they hold every
    visible character.
    """
    rules = lexicon.load(language)
    found: list[Span] = []
    for paragraph in paragraphs(text):
        found.extend(_sentences_of(text, paragraph, rules))
    return found


def _sentences_of(text: str, paragraph: Span, rules: Language) -> Iterator[Span]:
    cuts = [paragraph.start]
    for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        if _ends_sentence(text, match, paragraph, rules):
            cuts.append(match.end())
    cuts.append(paragraph.end)
    yield from _trimmed(text, pairwise(cuts))


def _ends_sentence(
    text: str, match: re.Match[str], paragraph: Span, rules: Language
) -> bool:
    ahead = text[match.end() : min(match.end() + _LOOK_AHEAD, paragraph.end)].lstrip()
    bare = ahead.lstrip(_OPENERS)
    marks = match.group().rstrip(_CLOSERS + " ")
    quoted = len(marks) < len(match.group())
    if bare[:1].islower():
        return False
    if marks == ".":
        return _full_stop_ends(text, match.start(), paragraph, ahead, rules)
    if "…" in marks or marks == "..":
        return not text[match.start() - 1 : match.start()].isspace()
    if quoted and bare == ahead:
        return not _attribution_follows(ahead, rules)
    return not (marks == "..." and text[match.start() - 1 : match.start()].isspace())


def _full_stop_ends(
    text: str, stop: int, paragraph: Span, ahead: str, rules: Language
) -> bool:
    before = text[max(paragraph.start, stop - _LOOK_BACK) : stop]
    token = _LAST_TOKEN.search(before)
    word = fold(token.group()) if token else ""
    if word in rules.never_final:
        return False
    if word in rules.before_number:
        return not ahead[:1].isdigit()
    if word in rules.sometimes_final or (len(word) == 1 and word.isalpha()):
        following = _NEXT_WORDS.match(ahead)
        return ahead[:1] in '“"‘«' or bool(
            following and fold(following.group()) in rules.sentence_starters
        )
    return True


def _attribution_follows(ahead: str, rules: Language) -> bool:
    """Whether `"Stop!"` goes on with its attribution: at most four words of a name, then a
    verb of saying.
    """
    for place, match in enumerate(_NEXT_WORDS.finditer(ahead)):
        word = fold(match.group())
        if word in rules.attribution_verbs:
            return True
        if place == 4 or (place > 0 and word in rules.sentence_starters):
            return False
    return False


def quotations(text: str) -> list[Span]:
    """The outermost quotations with their marks, straight, curly, nested, guillemets, in
    order, none across a paragraph.

    A quotation that its paragraph leaves open runs to the end of the paragraph when the
    next one reopens it.
    """
    found: list[Span] = []
    blocks = paragraphs(text)
    for paragraph, following in zip_longest(blocks, blocks[1:]):
        reopened = following is not None and _mark_at(text, following.start) == "double"
        found.extend(_quotations_of(text, paragraph, reopened))
    return found


def _mark_at(text: str, position: int) -> str | None:
    match = _DIRECT_MARKS.match(text, position)
    return _FAMILY[match.group()] if match else None


def _quotations_of(text: str, paragraph: Span, reopened: bool) -> list[Span]:
    """Bracket matching: unmatched marks are dropped, the outermost matched pairs are kept."""
    stack: list[tuple[str, int]] = []
    pairs: list[Span] = []
    for match in _DIRECT_MARKS.finditer(text, paragraph.start, paragraph.end):
        family = _FAMILY[match.group()]
        if _opens(text, match, paragraph, family, stack):
            stack.append((family, match.start()))
            continue
        while stack and stack[-1][0] in _WEAK and family not in _WEAK:
            stack.pop()
        if (
            stack
            and stack[-1][0] == family
            and _may_close(text, match, paragraph, family)
        ):
            _, start = stack.pop()
            while pairs and pairs[-1].start > start:
                pairs.pop()
            pairs.append(Span(start, match.end()))
    unclosed = [start for family, start in stack if family == "double"]
    if reopened and unclosed:
        pairs = [pair for pair in pairs if pair.end <= unclosed[-1]]
        pairs.append(Span(unclosed[-1], paragraph.end))
    return pairs


def _opens(
    text: str,
    match: re.Match[str],
    paragraph: Span,
    family: str,
    stack: list[tuple[str, int]],
) -> bool:
    mark = match.group()
    if mark in _ALWAYS_OPENS or mark in _ALWAYS_CLOSES:
        return mark in _ALWAYS_OPENS
    before = text[match.start() - 1] if match.start() > paragraph.start else " "
    after = text[match.end()] if match.end() < paragraph.end else " "
    starts_word = before.isspace() or before in "([{—–-/:" or before in _OPENERS
    ends_word = (
        after.isspace()
        or after in ".,;:!?)]}—–"
        or (after in _CLOSERS and after not in "\"'")
    )
    if family in _WEAK:
        return mark != "’" and starts_word and after.isalpha()
    if starts_word != ends_word:
        return starts_word
    return mark in _USUALLY_OPENS or (
        mark not in "”»›" and not any(name == family for name, _ in stack)
    )


def _may_close(text: str, match: re.Match[str], paragraph: Span, family: str) -> bool:
    after = text[match.end()] if match.end() < paragraph.end else " "
    return family not in _WEAK or not after.isalnum()
