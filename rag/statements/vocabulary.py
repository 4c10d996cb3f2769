"""What a token can be: the names by which the rules ask for tokens.

A rule asks `token.is_("that", QUOTE, NOMINATIVE)`. A name in small letters is the word itself;
one in capitals is a class of this module. The words of most classes are lists in the language's
data (`rag/language/en/statements.json`), so that a rule names no word where a list does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache

from rag.language import lexicon

# Kinds of tokens: each token is of one
WORD = "WORD"
MARK = "MARK"  # of punctuation
QUOTE = "QUOTE"  # a whole quotation
ASIDE = "ASIDE"  # a whole parenthesis: "(R-Ohio)"

# Quotations
COMPLETE = "COMPLETE"  # ends in punctuation, so that it can stand for a whole sentence
CAPITAL_QUOTE = "CAPITAL_QUOTE"  # begins with a capital, as a sentence does
COMMA_QUOTE = "COMMA_QUOTE"  # has a comma before its closing mark
TITLE_CASE = "TITLE_CASE"  # may be the name of something: "Meet the Press"

# Spelling
CAPITAL = "CAPITAL"  # a word with a capital first letter
SHOUTED = "SHOUTED"  # a word in capitals: "LEE"
DIGITS = "DIGITS"  # "47"
NUMBER = "NUMBER"  # begins with a digit: "47%", "2nd"
YEAR = "YEAR"  # "2016"
PERCENTAGE = "PERCENTAGE"  # "47%"
PLURAL = "PLURAL"  # ends in -s, as a plural does, or a verb in the third person
SMALL_PLURAL = "SMALL_PLURAL"  # such a word without any capital
ED = "ED"  # ends in -ed, as most participles do
ING = "ING"  # ends in -ing

# Pronouns and what stands before a noun
DETERMINER = "DETERMINER"  # "the", "his", "two"
POSSESSIVE = "POSSESSIVE"  # "his"
NUMERAL = "NUMERAL"  # "two", "half"
SUBJECT_PRONOUN = "SUBJECT_PRONOUN"  # "he", "who", "several": can be a whole subject
SINGULAR_PRONOUN = "SINGULAR_PRONOUN"  # those before "claims", not "claim"
NOMINATIVE = "NOMINATIVE"  # "he", "there": begins a clause

# Words that join
CONJUNCTION = "CONJUNCTION"  # "and"
SUBORDINATOR = "SUBORDINATOR"  # "because"
RELATIVE = "RELATIVE"  # "who"
PREPOSITION = "PREPOSITION"  # "in"
CONNECTIVE = "CONNECTIVE"  # "meanwhile"
PARTICLE = "PARTICLE"  # between a noun of speech and its content: "a call for"

# Verbs, and what belongs to them
AUXILIARY = "AUXILIARY"  # "has"
NAME_OR_AUXILIARY = "NAME_OR_AUXILIARY"  # "Will", "May": inside a sentence, a name
BE = "BE"  # the auxiliaries of the passive
NEGATION = "NEGATION"  # "not", "didn't"
ADVERB = "ADVERB"  # a listed one, or a word in -ly
INFLECTED = "INFLECTED"  # a form of a verb of speech other than its base
FINITE = "FINITE"  # such a form in the past or third person: "said", "says"
GERUND = "GERUND"  # a word in -ing that is no listed noun
QUOTING_VERB = "QUOTING_VERB"  # "quoted", "citing"
UTTERING = "UTTERING"  # the "used" of "Ann Lee used these words"
PAST_PERFECT = "PAST_PERFECT"  # "had"

# Verbs of speech that read as one where they stand, unlike the noun "claims"; `Clauses` tells
VERB = "VERB"
SAYS = "SAYS"  # in the past or third person
SAYING = "SAYING"  # in -ing
PREDICATE = "PREDICATE"  # not in the base form, and no participle: "said", "is saying"

# Where something begins or ends
STARTER = "STARTER"  # often the first word of a sentence: its capital tells nothing
CLAUSE_OPENER = "CLAUSE_OPENER"  # "that", "if"
QUESTION_WORD = "QUESTION_WORD"  # between "asked" and the question: "about", "whether"
ADDRESSEE_END = "ADDRESSEE_END"  # ends "reporters" in "told reporters that"
APPOSITION_STARTER = "APPOSITION_STARTER"  # the "a" of "said Ann Lee, a farmer"
OBJECT_ENDING = "OBJECT_ENDING"  # ends "the plan" in "praised the plan after the vote"
CUTTER = "CUTTER"  # behind a comma, ends any content
OBJECT_CUTTER = "OBJECT_CUTTER"  # behind a comma, ends an object

# When and how
TIME_WORD = "TIME_WORD"  # "monday", "last"
UNDATED = "UNDATED"  # the "since" of "has said since Tuesday"
OCCASION = "OCCASION"  # the "interview" of "a 2016 interview"
MEANS = "MEANS"  # the "telephone" of "said by telephone"

# People
TITLE = "TITLE"  # "president", "mr", "former"
PRONOUN = "PRONOUN"  # "he", "her": stands for one person
FEMALE_PRONOUN = "FEMALE_PRONOUN"
NAME_PARTICLE = "NAME_PARTICLE"  # "von"
SUFFIX = "SUFFIX"  # "jr"
NOT_NAME = "NOT_NAME"  # capitalised, but no part of a name: "Monday", "Reports"
INDEFINITE = "INDEFINITE"  # "a", "another"
BODY = "BODY"  # "campaign", "ministry"
ARMED = "ARMED"  # "jets", "troops": they attack with more than words

_GRAMMAR = {
    DETERMINER: "determiners",
    POSSESSIVE: "possessives",
    NUMERAL: "numbers",
    SUBJECT_PRONOUN: "subject_pronouns",
    SINGULAR_PRONOUN: "singular_pronouns",
    NOMINATIVE: "nominative",
    CONJUNCTION: "conjunctions",
    SUBORDINATOR: "subordinators",
    RELATIVE: "relatives",
    PREPOSITION: "prepositions",
    CONNECTIVE: "connectives",
    PARTICLE: "particles",
    AUXILIARY: "auxiliaries",
    BE: "be",
    NEGATION: "negations",
    ADVERB: "adverbs",
    QUOTING_VERB: "quoting_verbs",
    UTTERING: "words_of",
    PAST_PERFECT: "past_perfect",
    CLAUSE_OPENER: "clause_openers",
    QUESTION_WORD: "question_words",
    ADDRESSEE_END: "addressee_ends",
    APPOSITION_STARTER: "apposition_starters",
    OBJECT_ENDING: "object_endings",
    CUTTER: "cutters",
    OBJECT_CUTTER: "object_cutters",
    TIME_WORD: "time_words",
    UNDATED: "undated",
    OCCASION: "occasions",
    MEANS: "means",
    ARMED: "armed",
}
_PEOPLE = {
    PRONOUN: "pronouns",
    FEMALE_PRONOUN: "female_pronouns",
    NAME_PARTICLE: "particles",
    SUFFIX: "suffixes",
    NOT_NAME: "not_names",
    INDEFINITE: "indefinite",
    BODY: "bodies",
}

QUOTATION_MARKS = "\"'“”‘’«»„‹›」』`"

_ENDS_OF_CLAUSES = (",", "?", "!", ".", "…", "-", "—", ";")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")

# `on "Meet the Press"` and `in "The Art of the Deal"` are titles; a longer quotation is mostly
# a sentence.
_LONGEST_TITLE = 5

# Four letters are too few to tell a word by its ending: "ally" and "July" are no adverbs,
# "king" and "ring" no gerunds.
_SHORTEST_WITH_ENDING = 5

# The forms of some hundred articles; what one article writes, the next mostly writes again.
_FORMS_KEPT = 16_384


@lru_cache(maxsize=_FORMS_KEPT)
def of_word(text: str, language: str) -> tuple[str, frozenset[str]]:
    """The word as the lists have it, in small letters with a straight apostrophe, and all
    names by which it can be asked for.
    """
    low = text.lower().replace("’", "'")
    words = lexicon.load(language).words
    is_long = len(low) >= _SHORTEST_WITH_ENDING
    is_capital = text[0].isupper()
    in_ly = low.endswith("ly") and low not in words["ly_nouns"]
    in_ing = low.endswith("ing") and low not in words["gerund_nouns"]
    traits = {
        CAPITAL: is_capital,
        SHOUTED: text.isupper(),
        DIGITS: low.isdigit(),
        NUMBER: text[0].isdigit(),
        YEAR: _YEAR.fullmatch(low),
        PERCENTAGE: low.endswith("%"),
        PLURAL: low.endswith("s"),
        SMALL_PLURAL: low.endswith("s") and text.islower(),
        ED: low.endswith("ed"),
        ING: low.endswith("ing"),
        ADVERB: in_ly and is_long and not is_capital,
        GERUND: in_ing and is_long,
        NAME_OR_AUXILIARY: is_capital and low in words["named_auxiliaries"],
    }
    names = {WORD, low, *_classes(language).get(low, ())}
    names.update(name for name, is_so in traits.items() if is_so)
    return low, frozenset(names)


def of_quotation(quotation: str) -> frozenset[str]:
    """The names by which a quotation can be asked for."""
    until_end = quotation.rstrip(QUOTATION_MARKS + " ")
    words = quotation.strip(QUOTATION_MARKS + " ").split()
    initials = [word[0] for word in words]
    is_title_case = "".join(initials[:1] + initials[-1:]).isupper()
    traits = {
        COMPLETE: until_end.endswith(_ENDS_OF_CLAUSES),
        COMMA_QUOTE: until_end.endswith(","),
        CAPITAL_QUOTE: quotation.lstrip(QUOTATION_MARKS)[:1].isupper(),
        TITLE_CASE: is_title_case and len(words) <= _LONGEST_TITLE,
    }
    return frozenset([QUOTE, *(name for name, is_so in traits.items() if is_so)])


@lru_cache(maxsize=_FORMS_KEPT)
def of_mark(text: str) -> frozenset[str]:
    """The names by which a mark can be asked for."""
    return frozenset([MARK, text])


@cache
def _classes(language: str) -> dict[str, set[str]]:
    """The classes of each word that stands in a list or is a form of a verb of speech."""
    rules = lexicon.load(language)
    lists = {name: rules.words[listed] for name, listed in _GRAMMAR.items()}
    lists |= {name: rules.people[listed] for name, listed in _PEOPLE.items()}
    lists |= {STARTER: rules.sentence_starters, TITLE: rules.titles}
    classes: dict[str, set[str]] = defaultdict(set)
    for name, listed in lists.items():
        for word in listed:
            classes[word].add(name)
    for form, cue in rules.cues.items():
        if cue.tense != "base":
            classes[form].add(INFLECTED)
        if cue.tense in ("past", "third"):
            classes[form].add(FINITE)
    return classes
