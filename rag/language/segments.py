"""Pure string work that keeps offsets: paragraphs, sentences and quotations.

Every function takes time linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
from collections import defaultdict
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
_OPENING_QUOTES = '“"‘«'
# the marks that may end a sentence, with the marks that they close; white space must follow,
# but in Chinese and Japanese
_SENTENCE_END = re.compile(
    rf"(?<![.!?…])[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s)"
    rf"|(?<![。！？])[。！？]+[{re.escape(_CLOSERS)}]*"
)
_BEFORE_TOKEN = re.compile(r"[\s(\[“‘\"'—–-]")
_NEXT_WORDS = re.compile(r"[^\W\d_]+(?:[.’'-]\w+)*")
_LOOK_BACK = 24  # longer than any abbreviation, and bounded: text may be one long word
_LOOK_AHEAD = 60  # holds a name of four words and a verb; bounded for the same reason
_WORDS_OF_A_NAME = 4  # '"Stop!" Ms. Maria del Carmen said'; more is another sentence

_DIRECT_MARKS = re.compile(r"(?<=\S)'(?=''(?!'))|''|``|[\"“”„‟＂«»‹›‘’'「」『』]")
_FAMILY = {
    **dict.fromkeys(["''", "``", '"', "“", "”", "„", "‟", "＂"], "double"),
    **dict.fromkeys("«»‹›", "angle"),
    **dict.fromkeys("「」『』", "corner"),
    **dict.fromkeys("‘’", "single"),
    "'": "straight single",
}
_ALWAYS_OPENS, _ALWAYS_CLOSES = frozenset("„「『"), frozenset("」』")
# German »so« turns the angles round, Swedish ”so” opens with the closing mark
_USUALLY_OPENS = frozenset(["“", "‟", "«", "‹", "``"])
_USUALLY_CLOSES = frozenset(["”", "»", "›"])
# families whose marks are apostrophes too
_WEAK = frozenset(["single", "straight single"])
_BEFORE_WORD = "([{—–-/:" + _OPENERS
_BEHIND_WORD = ".,;:!?)]}—–" + _CLOSERS.replace("\"'", "")


def paragraphs(text: str) -> list[Span]:
    """The paragraphs, trimmed: parted by blank lines in hard-wrapped text, otherwise by
    every line break.
    """
    breaks = _BLANK_LINE if _is_hard_wrapped(text) else _LINE_BREAK
    ranges: list[tuple[int, int]] = []
    start = 0
    for match in breaks.finditer(text):
        end, following = match.span()
        ranges.append((start, end))
        start = following
    ranges.append((start, len(text)))
    return list(_trimmed(text, ranges))


def _is_hard_wrapped(text: str) -> bool:
    """Whether most line breaks inside blank-line paragraphs go on with a small letter."""
    inside = continued = previous = 0
    for match in _LINE_BREAK.finditer(text):
        start, end = match.span()
        following = text[end : end + 1]
        if start > previous and not following.isspace():
            inside += 1
            continued += following.islower()
        previous = end
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
        cuts = [paragraph.start]
        for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
            if _ends_sentence(text, match, paragraph, rules):
                cuts.append(match.end())
        cuts.append(paragraph.end)
        found.extend(_trimmed(text, pairwise(cuts)))
    return found


def _ends_sentence(
    text: str, match: re.Match[str], paragraph: Span, rules: Language
) -> bool:
    ahead_end = min(match.end() + _LOOK_AHEAD, paragraph.end)
    ahead = text[match.end() : ahead_end].lstrip()
    bare = ahead.lstrip(_OPENERS)
    marks = match.group().rstrip(_CLOSERS + " ")
    # "Stop!" he said.
    if bare[:1].islower():
        return False
    if marks == ".":
        return _full_stop_ends(text, match.start(), paragraph, ahead, rules)
    # "The presence … of some ... is known": dots among spaces stand for words left out
    stand_apart = text[match.start() - 1 : match.start()].isspace()
    if "…" in marks or marks == "..":
        return not stand_apart
    # "Why?" Trump asked.
    closes_quotation = len(marks) < len(match.group())
    opens_another = bare != ahead
    if closes_quotation and not opens_another:
        return not _attribution_follows(ahead, rules)
    return not (marks == "..." and stand_apart)


def _full_stop_ends(
    text: str, stop: int, paragraph: Span, ahead: str, rules: Language
) -> bool:
    before = text[max(paragraph.start, stop - _LOOK_BACK) : stop]
    word = fold(_BEFORE_TOKEN.split(before)[-1])
    # "Dr. Jones"
    if word in rules.never_final:
        return False
    # "on Jan. 5", but "in Jan. The snow came."
    if word in rules.before_number:
        return not ahead[:1].isdigit()
    is_initial = len(word) == 1 and word.isalpha()
    if word not in rules.sometimes_final and not is_initial:
        return True
    # "in the U.S. “We", and at the end of the paragraph
    if not ahead or ahead[0] in _OPENING_QUOTES:
        return True
    # "in the U.S. The price", but "the U.S. Senate" and "Donald J. Trump"
    following = _NEXT_WORDS.match(ahead)
    return following is not None and fold(following.group()) in rules.sentence_starters


def _attribution_follows(ahead: str, rules: Language) -> bool:
    """Whether `"Stop!"` goes on with its attribution: at most four words of a name, then a
    verb of saying.
    """
    following = _NEXT_WORDS.findall(ahead)[: _WORDS_OF_A_NAME + 1]
    for place, word in enumerate(map(fold, following)):
        if word in rules.attribution_verbs:
            return True
        # "The" may begin a name, but does not go on with one
        if place > 0 and word in rules.sentence_starters:
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
        reopened = following is not None and _begins_quotation(text, following)
        found.extend(_quotations_of(text, paragraph, reopened))
    return found


def _begins_quotation(text: str, paragraph: Span) -> bool:
    mark = _DIRECT_MARKS.match(text, paragraph.start)
    return mark is not None and _FAMILY[mark.group()] == "double"


def _quotations_of(text: str, paragraph: Span, reopened: bool) -> list[Span]:
    """Bracket matching: unmatched marks are dropped, the outermost matched pairs are kept."""
    padded = f" {paragraph.of(text)} "  # a character stands around every mark
    offset = paragraph.start - 1
    waiting = _OpenMarks()
    pairs: list[Span] = []
    for match in _DIRECT_MARKS.finditer(padded):
        family = _FAMILY[match.group()]
        before, after = padded[match.start() - 1], padded[match.end()]
        if _opens(match.group(), before, after, waiting):
            waiting.open(family, match.start())
            continue
        if family in _WEAK and after.isalnum():  # don’t
            continue
        start = waiting.close(family)
        if start is not None:
            _add_around(pairs, Span(start + offset, match.end() + offset))
    if not reopened:
        return pairs
    unclosed = waiting.last_of("double")
    if unclosed is not None:
        _add_around(pairs, Span(unclosed + offset, paragraph.end))
    return pairs


def _add_around(pairs: list[Span], pair: Span) -> None:
    """Adds a pair in place of those within it."""
    while pairs and pairs[-1].start > pair.start:
        pairs.pop()
    pairs.append(pair)


class _OpenMarks:
    """The marks that wait to be closed, the innermost last.

    They are also counted by family, since there may be one for every other character of the
    text, and each mark asks whether one of its family waits.
    """

    __slots__ = ("_count", "_stack")

    def __init__(self) -> None:
        self._stack: list[tuple[str, int]] = []
        self._count: dict[str, int] = defaultdict(int)

    def holds(self, family: str) -> bool:
        return self._count[family] > 0

    def open(self, family: str, start: int) -> None:
        self._stack.append((family, start))
        self._count[family] += 1

    def close(self, family: str) -> int | None:
        """Where the innermost mark starts, if one of its family closes it."""
        if family not in _WEAK:
            # what is left open in a quotation, such as "‘tis", ends with it
            while self._stack and self._stack[-1][0] in _WEAK:
                self._pop()
        if not self._stack or self._stack[-1][0] != family:
            return None
        return self._pop()

    def _pop(self) -> int:
        family, start = self._stack.pop()
        self._count[family] -= 1
        return start

    def last_of(self, family: str) -> int | None:
        """Where the innermost mark of a family starts."""
        for waiting, start in reversed(self._stack):
            if waiting == family:
                return start
        return None


def _opens(mark: str, before: str, after: str, waiting: _OpenMarks) -> bool:
    """Whether a mark opens a quotation, told by itself, by the characters around it, and by
    the marks that wait to be closed.
    """
    if mark in _ALWAYS_OPENS:
        return True
    if mark in _ALWAYS_CLOSES:
        return False
    starts_word = before.isspace() or before in _BEFORE_WORD
    if _FAMILY[mark] in _WEAK:
        # neither "the workers’ rights" nor "the ’90s"
        return mark != "’" and starts_word and after.isalpha()
    ends_word = after.isspace() or after in _BEHIND_WORD
    if starts_word != ends_word:
        return starts_word
    # within a word, or between two spaces: 5" long, a stray “ mark
    if mark in _USUALLY_OPENS:
        return True
    return mark not in _USUALLY_CLOSES and not waiting.holds(_FAMILY[mark])
