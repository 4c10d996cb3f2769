"""Who said what: every statement that an article reports, with its speaker, cue and exact words.

No parser and no model: verbs of speech are looked up in the language's lexicon, and each is tried in two
frames, content to the left of the verb (`"...," X said`) and content to the right (`X said that ...`).
"""

from __future__ import annotations

from dataclasses import dataclass

from rag import languages
from rag.clauses import Clauses, Phrase, VerbGroup, is_complete
from rag.languages import Cue, Frame, Language
from rag.reading import Reading, Token, Unit, read
from rag.speakers import Cast, is_headline
from rag.text import fingerprint
from rag.types import Article, QuoteKind, Span, Statement

_SEPARATORS = frozenset([",", "—", "–", "-", "--"])
_MARKS = "\"'“”‘’«»„‹›」』`"
_ADDRESSEE_LIMIT, _ADJUNCT_LIMIT = 15, 25


@dataclass(slots=True)
class Draft:
    """A statement whose speaker is not resolved yet; `subject` are the tokens that name the source.

    An `attitude` ("praised the plan") counts where the article tells it, not inside somebody else's words.
    """

    rule: str
    cue: Span | None
    content: list[Span]
    subject: list[Token]
    unit: int
    paragraph: int
    inherited: bool = False
    negated: bool = False
    attitude: bool = False


def extract(article: Article) -> list[Statement]:
    """The statements of an article, by place; a statement nested in another's words is listed beside it."""
    language = languages.load(article.language or "en")
    reading = read(article.text, article.language or "en")
    drafts = Finder(reading, language).drafts()
    cast = Cast(reading, language)
    return [_statement(article, reading, draft, cast) for draft in drafts]


class Finder:
    """Walks through the units of a reading and drafts a statement for each cue that has content."""

    def __init__(self, reading: Reading, language: Language) -> None:
        self.reading = reading
        self.language = language
        self.found: list[Draft] = []

    def drafts(self) -> list[Draft]:
        for number, unit in enumerate(self.reading.units):
            drafts = UnitFinder(self.reading, number, self.language).drafts()
            if drafts and drafts[0].rule == "transcript":
                drafts[0].content = [Span(drafts[0].content[0].start, self._paragraph_end(number))]
            if not drafts:
                self._continue_quotation(number, unit)
            self.found.extend(drafts)
        return sorted(
            (draft for draft in self.found if draft.content),
            key=lambda draft: (draft.content[0].start, -draft.content[-1].end),
        )

    def _continue_quotation(self, number: int, unit: Unit) -> None:
        """A quotation without a cue goes on with the statement before it."""
        first = unit.tokens[0]
        last = self._open_draft(number - 1)
        if first.kind != "quote" or last is None:
            return
        if not last.content or last.paragraph == unit.paragraph or self._is_left_open(number - 1):
            last.content.append(Span(first.start, first.end))
            last.unit = number

    def _paragraph_end(self, number: int) -> int:
        while not self.reading.units[number].last_of_paragraph and number + 1 < len(self.reading.units):
            number += 1
        return self.reading.units[number].tokens[-1].end

    def _open_draft(self, number: int) -> Draft | None:
        """The last statement of a unit that waits for a quotation or holds one."""
        drafts = [draft for draft in self.found if draft.unit == number]
        waiting = [draft for draft in drafts if not draft.content or self._ends_in_quotation(draft)]
        return max(waiting, key=lambda draft: draft.cue.start if draft.cue else 0, default=None)

    def _ends_in_quotation(self, draft: Draft) -> bool:
        return any(self.reading.text[span.end - 1] in _MARKS for span in draft.content) or self._is_left_open(draft.unit)

    def _is_left_open(self, number: int) -> bool:
        """Whether the unit's last quotation lacks its closing mark."""
        last = self.reading.units[number].tokens[-1]
        return last.kind == "quote" and last.text[-1] not in _MARKS


class UnitFinder:
    """The statements of one unit."""

    def __init__(self, reading: Reading, number: int, language: Language) -> None:
        self.reading = reading
        self.number = number
        self.unit = reading.units[number]
        self.tokens = self.unit.tokens
        self.clauses = Clauses(self.tokens, language, not is_headline(self.unit))
        self.words = language.words
        self.groups = self.clauses.verb_groups()
        self.cues = {group.place: group for group in self.groups}
        self.leader: Phrase | None = None
        self.covered: list[Phrase] = []

    def drafts(self) -> list[Draft]:
        drafts = [draft for draft in (self._name_and_colon(), self._according_to()) if draft]
        used: set[int] = set()
        for group in self.groups:
            draft = self._content_left(group)
            if draft:
                drafts.append(draft)
                used.add(group.place)
        for group in self.groups:
            if group.place in used or self._is_covered(group.place):
                continue
            draft = self._content_right(group)
            if draft:
                drafts.append(draft)
        return [draft for draft in drafts if not (draft.attitude and self._is_nested(draft, drafts))]

    def _is_nested(self, draft: Draft, drafts: list[Draft]) -> bool:
        place = draft.cue.start if draft.cue else draft.content[0].start
        return any(span.start <= place < span.end for other in drafts if other is not draft for span in other.content)

    def _is_covered(self, place: int) -> bool:
        return any(phrase.start <= place < phrase.end for phrase in self.covered)

    def _draft(
        self, rule: str, group: VerbGroup, subject: Phrase | None, contents: list[Phrase], inherited: bool = False
    ) -> Draft:
        cue = Span(self.tokens[group.start].start, self.tokens[group.place].end)
        return Draft(
            rule,
            cue,
            [span for phrase in contents if (span := self._span(phrase))],
            self.tokens[subject.start : subject.end] if subject else [],
            self.number,
            self.unit.paragraph,
            inherited,
            group.negated,
        )

    def _span(self, phrase: Phrase) -> Span | None:
        """The text range of a phrase without the punctuation at its ends."""
        start, end = phrase.start, phrase.end
        while start < end and self.tokens[start].kind == "mark":
            start += 1
        while start < end and self.tokens[end - 1].kind == "mark":
            end -= 1
        return Span(self.tokens[start].start, self.tokens[end - 1].end) if start < end else None

    # Content to the left: `"...," X said` and `..., said X`

    def _content_left(self, group: VerbGroup) -> Draft | None:
        if not group.finite or group.passive:
            return None
        subject = self.clauses.subject_before(group.start)
        if subject and self.tokens[subject.end - 1].low in self.words["relatives"]:
            return None
        after = group.place + 1
        if group.cue.frame == "told":
            after = self._after_addressee(after)
        if subject and self._closes_content(subject.start - 1, group, after):
            return self._closing("closing", group, subject, subject.start, after)
        if self._may_be_inverted(group) and (subject is None or self.clauses.kind(group.start - 1) == "quote"):
            subject = self.clauses.subject_after(after)
            if subject and self._closes_content(group.start - 1, group, subject.end):
                return self._closing("inverted", group, subject, group.start, subject.end)
        return None

    def _may_be_inverted(self, group: VerbGroup) -> bool:
        after = group.place + 1
        if group.cue.frame != "clause" or group.start < group.place or self.clauses.kind(after) != "word":
            return False
        if self.tokens[after].capital or self.clauses.is_("determiners", after):
            return self.clauses.low(after) != "that"
        return self.clauses.kind(group.start - 1) == "quote" and not self.clauses.is_("prepositions", after)

    def _closes_content(self, before: int, group: VerbGroup, after: int) -> bool:
        """Whether the token at `before` ends a content that the verb group credits."""
        if before < 0:
            return False
        token = self.tokens[before]
        if token.kind == "quote":
            return not self._is_title(before) and (is_complete(token) or self._stands_last(token, after))
        if token.low not in _SEPARATORS or before == 0:
            return False
        if self.tokens[before - 1].kind == "quote":
            return not self._is_title(before - 1)
        if group.cue.frame in ("object", "quote") or self._goes_on(after):
            return False
        parenthetic = self.clauses.low(after) == "," and self._continues(after + 1)
        return parenthetic or (not group.cue.strict and self._may_be_content(before))

    def _stands_last(self, quotation: Token, after: int) -> bool:
        """Whether a long quotation without punctuation is followed by its attribution and nothing else."""
        return quotation.text.count(" ") > 3 and self.clauses.low(after) in ("", ".", ",")

    def _is_title(self, place: int) -> bool:
        """Whether a quotation is the name of something, as in `on ABC's "This Week,"`."""
        introduced = self.clauses.low(place - 1) == "'s" or self.clauses.is_("prepositions", place - 1)
        words = self.tokens[place].text.strip(_MARKS).split()
        return introduced and len(words) < 6 and words[-1][:1].isupper() and words[0][:1].isupper()

    def _may_be_content(self, end: int) -> bool:
        """Whether the words up to `end` are more than an introduction."""
        return end >= 8 or (not self.clauses.is_("prepositions", 0) and end > 1)

    def _goes_on(self, after: int) -> bool:
        """Whether words follow the verb that can be its content."""
        if self.clauses.kind(after) in ("", "mark"):
            return self.clauses.low(after) == ":"
        if self._is_infinitive(after):
            return True
        if self.clauses.is_("prepositions", after) or self._is_time(after):
            return self._opening_after_adjunct(after) is not None
        return self.clauses.low(after) not in ("as", "when", "while", "after", "before")

    def _closing(self, rule: str, group: VerbGroup, subject: Phrase, end: int, after: int) -> Draft:
        contents = [Phrase(self._left_start(end), end)]
        rest = self._right_rest(end, after)
        if rest:
            contents = [rest] if self._is_own_sentence(contents[0], rest) else [*contents, rest]
        self.covered.extend(contents)
        self.leader = subject
        return self._draft(rule, group, subject, contents)

    def _is_own_sentence(self, left: Phrase, right: Phrase) -> bool:
        """Whether the quotation after the verb begins a sentence, so that the words before are an introduction."""
        first = self.tokens[right.start]
        if self.clauses.low(right.start - 1) == ":":
            return True
        quoted = any(token.kind == "quote" for token in self.tokens[left.start : left.end])
        return not quoted and first.kind == "quote" and first.text.lstrip(_MARKS)[:1].isupper()

    def _left_start(self, end: int) -> int:
        last = end - 1
        if self.tokens[last].low in _SEPARATORS:
            last -= 1
        if self.tokens[last].kind == "quote" and self.tokens[last].text.lstrip(_MARKS)[:1].isupper():
            return last
        if self.clauses.is_("connectives", 0) and self.clauses.low(1) == ",":
            return 2
        return 0

    def _right_rest(self, end: int, after: int) -> Phrase | None:
        """The second half of a content that its attribution splits."""
        quoted = self.tokens[end - 1].kind == "quote" or self.tokens[end - 2].kind == "quote"
        comma = after
        while comma < len(self.tokens) and comma - after < _ADJUNCT_LIMIT and self.clauses.low(comma) not in (",", ":"):
            comma += 1
        start = comma + 1
        if start >= len(self.tokens):
            return None
        opens = self.clauses.kind(start) == "quote" or (not quoted and comma == after and self._continues(start))
        return Phrase(start, self._end(start)) if opens else None

    def _continues(self, start: int) -> bool:
        low = self.clauses.low(start)
        if low.endswith("ing") or low in ("and", "but", "who", "which", "according", "while", "as"):
            return False
        return self.clauses.kind(start) == "word"

    # Content to the right: `X said that ...`

    def _content_right(self, group: VerbGroup) -> Draft | None:
        if group.passive:
            return self._asked(group) or self._passive(group)
        if self._is_detached_participle(group):
            return self._asked(group)
        if not group.finite and self._opens_unit(group):
            return self._leading(group)
        subject, inherited = self._quoted_object(group) or self._subject(group)
        start = self._right_start(group)
        if start is None or start >= len(self.tokens) or not self._suits(group.cue, start):
            return None
        if subject is None:
            return self._unsourced(group, start)
        if self._reports_nothing(group, subject, start) or (group.negated and group.cue.frame == "object"):
            return None
        if group.finite and not self._is_relative(subject):
            self.leader = subject
        content = Phrase(start, self._end(start, group.cue.frame))
        draft = self._draft(self._right_rule(group, start, inherited), group, subject, [content], inherited)
        draft.attitude = group.cue.frame == "object" and start == group.place + 1
        waits = start == len(self.tokens) - 1 and self.tokens[start].low == ":"
        return draft if draft.content or waits else None

    def _opens_unit(self, group: VerbGroup) -> bool:
        return group.start == 0 or (group.start == 1 and self.tokens[0].kind == "word" and not self.tokens[0].text.isupper())

    def _leading(self, group: VerbGroup) -> Draft | None:
        """`Noting that ..., Trump said`: the subject follows the content."""
        start = self._right_start(group)
        comma = self._comma_before_subject(start) if start is not None else None
        if start is None or comma is None:
            return None
        subject = self.clauses.main_subject(len(self.tokens), comma + 1)
        return self._draft("leading", group, subject, [Phrase(start, comma)], inherited=True) if subject else None

    def _comma_before_subject(self, start: int) -> int | None:
        for at in range(start, len(self.tokens) - 2):
            ends = self.tokens[at].low == "," or (self.tokens[at].kind == "quote" and is_complete(self.tokens[at]))
            opens = self.tokens[at + 1].capital or self.clauses.is_("nominative", at + 1) or self.clauses.low(at + 1) == "the"
            if ends and opens:
                return at if self.tokens[at].low == "," else at + 1
        return None

    def _is_detached_participle(self, group: VerbGroup) -> bool:
        """Whether the verb is the "asked" of "When asked about it, she left"."""
        before = self.clauses.low(group.start - 1)
        return group.cue.tense == "past" and (group.start == 0 or before in ("when", "if", "after", "repeatedly", "then"))

    def _unsourced(self, group: VerbGroup, start: int) -> Draft | None:
        """A clause or a quotation after a verb of speech whose subject cannot be told."""
        if group.cue.frame == "object" or (group.cue.tense == "base" and group.start == 0):
            return None
        return self._draft("unsourced", group, None, [Phrase(start, self._end(start))])

    def _reports_nothing(self, group: VerbGroup, subject: Phrase, start: int) -> bool:
        """Whether this only names something: "a group called ...", "what he calls ..."."""
        if group.cue.lemma != "call" or start > group.place + 1 or self.clauses.kind(start) == "quote":
            return False
        return self.clauses.low(subject.start) in ("a", "an") or self.clauses.low(subject.start - 1) == "what"

    def _passive(self, group: VerbGroup) -> Draft | None:
        """`The plan was criticized by X`: what is spoken of is the content."""
        nearby = range(group.place + 1, min(group.place + 8, len(self.tokens)))
        by = next((at for at in nearby if self.tokens[at].low == "by"), None)
        content = self.clauses.subject_before(group.start)
        agent = self._agent(by + 1) if by else None
        if agent is None or content is None:
            return None
        return self._draft("passive", group, agent, [content])

    def _asked(self, group: VerbGroup) -> Draft | None:
        """`Asked whether ...`: a question that the article credits to nobody, or to the one after "by"."""
        if group.cue.lemma != "ask":
            return None
        place, subject = group.place + 1, None
        if self.clauses.low(place) == "by":
            subject = self._agent(place + 1)
        opening = self._question_opening(place)
        if opening is None:
            return None
        start = opening + (self.clauses.low(opening) in ("about", "for"))
        end = min(self._end(start), self._comma_after(start)) if start < len(self.tokens) else start
        return self._draft("asked", group, subject, [Phrase(start, end)]) if end > start else None

    def _question_opening(self, place: int) -> int | None:
        for at in range(place, min(place + 12, len(self.tokens))):
            if self.clauses.is_("question_words", at):
                return at
            if self.clauses.kind(at) != "word":
                return None
        return None

    def _agent(self, place: int) -> Phrase | None:
        """The noun phrase after "by", up to a question word or preposition."""
        end = place
        while self.clauses.kind(end) == "word" and not (
            self.clauses.is_("question_words", end) or self.clauses.is_("prepositions", end)
        ):
            end += 1
        return Phrase(place, end) if end > place else None

    def _comma_after(self, start: int) -> int:
        return next((at for at in range(start, len(self.tokens)) if self.tokens[at].low == ","), len(self.tokens))

    def _suits(self, cue: Cue, start: int) -> bool:
        """Whether what begins at `start` is what the verb reports: a quotation, a clause or anything."""
        reported = self.clauses.kind(start) in ("quote", "mark") or self.clauses.low(start) == "that"
        if reported or self.clauses.low(start - 1) == ":" or not (cue.strict or cue.frame == "quote"):
            return True
        return cue.frame != "quote" and (self._is_infinitive(start) or self._holds_finite_verb(start))

    def _holds_finite_verb(self, start: int) -> bool:
        """Whether a pronoun or an auxiliary nearby shows that a clause begins here."""
        nearby = range(start, min(start + 12, len(self.tokens)))
        return any(self.clauses.is_("auxiliaries", at) or self.clauses.is_("nominative", at) for at in nearby)

    def _is_relative(self, subject: Phrase) -> bool:
        return self.tokens[subject.end - 1].low in self.words["relatives"]

    def _right_rule(self, group: VerbGroup, start: int, inherited: bool) -> str:
        form = (
            "quotation"
            if self.clauses.kind(start) == "quote"
            else "that"
            if self.clauses.low(start) == "that"
            else "bare"
        )
        frame = "object" if group.cue.frame == "object" else form
        return f"{'inherited ' if inherited else ''}{frame}"

    def _end(self, start: int, frame: Frame = "clause") -> int:
        return self.clauses.clause_end(start, frame, self.cues)

    def _subject(self, group: VerbGroup) -> tuple[Phrase | None, bool]:
        before = self.clauses.low(group.start - 1)
        detached = group.start == 0 or before in _SEPARATORS or self.clauses.kind(group.start - 1) == "quote"
        if not group.finite:
            if (
                detached
                or before in self.words["conjunctions"]
                or before in ("while", "after", "before", "by", "in", "when", "without", "since")
            ):
                return self._inherited(group), True
            return self.clauses.subject_before(group.start), False
        listed = before == "," and self.leader and self.clauses.low(group.place + 1) == "that"
        infinitive = before == "to" and group.cue.tense == "base"
        if listed or infinitive or before in self.words["conjunctions"]:
            return self._inherited(group), True
        return self.clauses.subject_before(group.start), False

    def _quoted_object(self, group: VerbGroup) -> tuple[Phrase, bool] | None:
        """The Peskov of "TASS quoted Peskov as saying"."""
        if group.cue.tense != "gerund" or self.clauses.low(group.start - 1) != "as":
            return None
        for place in range(group.start - 3, max(-1, group.start - 12), -1):
            if self.clauses.low(place) in ("quoted", "quotes", "quoting", "cited", "cites", "citing"):
                return Phrase(place + 1, group.start - 1), False
        return None

    def _inherited(self, group: VerbGroup) -> Phrase | None:
        return self.leader or self.clauses.main_subject(group.start)

    def _right_start(self, group: VerbGroup) -> int | None:
        place = group.place + 1
        particle = self._particle(place, group.cue)
        if particle is None and group.cue.needs:
            return None
        place = place if particle is None else particle + 1
        if group.cue.lemma == "express":
            return self._after_feeling(place)
        if group.cue.frame == "object":
            return place if self.clauses.kind(place) in ("word", "quote") else None
        if group.cue.frame == "told":
            place = self._after_addressee(place)
        return self._opening(place)

    def _particle(self, place: int, cue: Cue) -> int | None:
        """The "about" of "talked with reporters about ..."."""
        if self.clauses.low(place) in cue.particles:
            return place
        if cue.frame == "clause" or not cue.particles & {"about", "of"}:
            return None
        for at in range(place, min(place + 8, len(self.tokens))):
            if self.clauses.low(at) in cue.particles & {"about", "of"}:
                return at
            if self.clauses.kind(at) != "word" or self.clauses.low(at) in ("that", "to", "he", "she", "they"):
                return None
        return None

    def _after_feeling(self, place: int) -> int:
        """Where the content of "expressed deep concern about ..." begins."""
        for at in range(place, min(place + 5, len(self.tokens) - 1)):
            if self.clauses.low(at) == "that":
                return at
            if self.clauses.low(at) in ("about", "over", "for", "in", "with", "at"):
                return at + 1
        return place

    def _opening(self, place: int) -> int | None:
        low, kind = self.clauses.low(place), self.clauses.kind(place)
        if kind == "quote" or low == "that":
            return place
        if low == ":":
            return place + 1 if place + 1 < len(self.tokens) else place
        if low == ",":
            return place + 1 if self._may_follow_comma(place + 1) else self._opening_after_adjunct(place + 1)
        if kind in ("mark", ""):
            return None
        if low == "to" and self._is_infinitive(place):
            return place
        if low in ("as", "when", "while", "after", "before", "and", "or", "but"):
            return None
        if self.clauses.is_("prepositions", place) or self._is_time(place):
            opening = self._opening_after_adjunct(place)
            return opening if opening is not None else self._after_time(place)
        return place

    def _may_follow_comma(self, place: int) -> bool:
        if self.clauses.kind(place) == "quote" or self.clauses.low(place) == "that":
            return True
        return self.clauses.is_("nominative", place) or (self.clauses.kind(place) == "word" and self.tokens[place].capital)

    def _is_infinitive(self, place: int) -> bool:
        following = place + 1
        if self.clauses.low(place) != "to" or self.clauses.kind(following) not in ("word", "quote"):
            return False
        return not (self.tokens[following].capital or self.clauses.is_("determiners", following) or self.clauses.low(following).endswith("s"))

    def _is_time(self, place: int) -> bool:
        return self.clauses.is_("time_words", place) and self.clauses.low(place + 1) != "'s"

    def _opening_after_adjunct(self, place: int) -> int | None:
        """The `that`, quotation or colon that follows "in an interview on Sunday", or None."""
        for at in range(place, min(place + _ADJUNCT_LIMIT, len(self.tokens))):
            low, before = self.clauses.low(at), self.clauses.low(at - 1)
            if low == "that" and at > place:
                return at
            if low == ":":
                return at + 1 if at + 1 < len(self.tokens) else at
            if self.clauses.kind(at) == "quote" and (before in (",", "that") or is_complete(self.tokens[at])):
                return at
            if at in self.cues or low in ("and", "but", ";"):
                return None
        return None

    def _after_time(self, place: int) -> int | None:
        start = place
        if self.clauses.low(start) == "on":
            start += 1
        while self.clauses.is_("time_words", start):
            start += 1
        opens = not self.clauses.is_("prepositions", start) or self._is_infinitive(start)
        return start if start > place and opens and self.clauses.kind(start) in ("word", "quote") else None

    def _after_addressee(self, place: int) -> int:
        """Where the addressee of "told reporters that ..." ends."""
        start = place
        while place < len(self.tokens) and place - start < _ADDRESSEE_LIMIT and not self._ends_addressee(place, start):
            place += 1
        return place

    def _ends_addressee(self, place: int, start: int) -> bool:
        low = self.clauses.low(place)
        if self.clauses.kind(place) in ("mark", "quote"):
            return self.clauses.kind(place) == "mark" or not self._is_title(place)
        if low in (
            "that",
            "to",
            "if",
            "whether",
            "how",
            "what",
            "why",
            "when",
            "he",
            "she",
            "they",
            "we",
            "i",
            "it",
            "there",
            "about",
            "in",
            "on",
            "at",
            "during",
        ):
            return low != "it" or place > start
        previous = self.clauses.low(place - 1)
        return (
            place > start and low in self.words["determiners"] and previous not in ("of", "from", "for", "with", "and")
        )

    # Rules without a verb

    def _name_and_colon(self) -> Draft | None:
        """`Name: what was said`, in a headline, in a transcript or before a quotation."""
        colon = self._colon_after_name()
        span = self._span(Phrase(colon + 1, len(self.tokens))) if colon else None
        if colon is None or span is None:
            return None
        shouted = all(token.text.isupper() for token in self.tokens[:colon]) and len(self.tokens[0].text) > 1
        if self.unit.paragraph > 0 and not shouted and self.clauses.kind(colon + 1) != "quote":
            return None
        cue = Span(self.tokens[colon].start, self.tokens[colon].end)
        rule = "transcript" if shouted else "headline" if self.unit.paragraph == 0 else "name and quotation"
        return Draft(rule, cue, [span], self.tokens[:colon], self.number, self.unit.paragraph)

    def _colon_after_name(self) -> int | None:
        for place in range(1, min(9, len(self.tokens) - 1)):
            token = self.tokens[place]
            if token.low == ":":
                return place
            if not (token.capital or token.kind == "aside" or token.low in ("to", "on", "of")):
                return None
        return None

    def _according_to(self) -> Draft | None:
        for place in range(len(self.tokens) - 2):
            if self.tokens[place].low == "according" and self.clauses.low(place + 1) == "to":
                return self._credit(place)
        return None

    def _credit(self, place: int) -> Draft | None:
        start = self._without_connective(place)
        introduction = place - start < 4 and (place == start or self.clauses.is_("prepositions", start))
        subject = Phrase(place + 2, self._source_end(place + 2, introduction))
        if subject.end == subject.start or (introduction and self.clauses.low(subject.end) != ","):
            return None
        contents = [Phrase(subject.end + 1, len(self.tokens)) if introduction else Phrase(start, place)]
        self.covered.extend(contents)
        cue = Span(self.tokens[place].start, self.tokens[place + 1].end)
        spans = [span for phrase in contents if (span := self._span(phrase))]
        return Draft(
            "according to", cue, spans, self.tokens[subject.start : subject.end], self.number, self.unit.paragraph
        )

    def _source_end(self, place: int, introduction: bool) -> int:
        if not introduction:
            phrase = self.clauses.subject_after(place)
            return phrase.end if phrase else place
        while self.clauses.kind(place) in ("word", "aside"):
            place += 1
        return place

    def _without_connective(self, end: int) -> int:
        start = 0
        while start < end and (self.clauses.is_("conjunctions", start) or self.clauses.is_("connectives", start) or self.clauses.low(start) in (",", "so")):
            start += 1
        return start


def _statement(article: Article, reading: Reading, draft: Draft, cast: Cast) -> Statement:
    source = Span(draft.subject[0].start, draft.subject[-1].end) if draft.subject else None
    speaker, resolved_by = cast.resolve(draft.subject)
    content = tuple(sorted(draft.content, key=lambda span: span.start))
    offsets = ",".join(f"{span.start}-{span.end}" for span in content)
    source_key = f"{source.start}-{source.end}" if source else ""
    return Statement(
        id=fingerprint(f"{article.id}|{source_key}|{offsets}")[:32],
        article_id=article.id,
        speaker=speaker,
        resolved_by=resolved_by,
        source=source,
        cue=draft.cue,
        content=content,
        kind=_kind(content, reading.quotations),
        negated=draft.negated,
        rule=draft.rule,
        confidence=0.9,
    )


def _kind(content: tuple[Span, ...], quotations: list[Span]) -> QuoteKind:
    total = sum(len(span) for span in content)
    inside = sum(
        min(span.end, quotation.end) - max(span.start, quotation.start)
        for span in content
        for quotation in quotations
        if span.overlaps(quotation)
    )
    return "direct" if inside >= 0.9 * total else "mixed" if inside else "indirect"
