"""What a token can be: the names by which the rules ask for tokens.

A rule asks `token.is_("that", QUOTE, NOMINATIVE)`. A name in small letters is the word itself;
one in capitals is a class of this module. The words of most classes are lists in the language's
data (`rag/language/en/statements.json`), so that a rule names no word where a list does.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache

from rag.language import lexicon

# Kinds of tokens: each token is of one
WORD = "WORD"
MARK = "MARK"  # of punctuation
QUOTE = "QUOTE"  # a whole quotation
ASIDE = "ASIDE"  # a whole parenthesis: "(R-Ohio)"

CAPITAL = "CAPITAL"  # a word with a capital first letter

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
NAMED_AUXILIARY = "NAMED_AUXILIARY"  # "will", "may": with a capital names, too
BE = "BE"  # the auxiliaries of the passive
NEGATION = "NEGATION"  # "not", "didn't"
ADVERB = "ADVERB"  # a listed one, or a word in -ly
INFLECTED = "INFLECTED"  # a form of a verb of speech other than its base
FINITE = "FINITE"  # such a form in the past or third person: "said", "says"
GERUND = "GERUND"  # a word in -ing that is no listed noun
QUOTING_VERB = "QUOTING_VERB"  # "quoted", "citing"
UTTERING = "UTTERING"  # the "used" of "Ann Lee used these words"
PAST_PERFECT = "PAST_PERFECT"  # "had"

# Where something begins or ends
STARTER = (
    "STARTER"  # often the first word of a sentence, so that its capital tells nothing
)
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
MALE_TITLE = "MALE_TITLE"
FEMALE_TITLE = "FEMALE_TITLE"
PRONOUN = "PRONOUN"  # "he", "her": stands for one person
FEMALE_PRONOUN = "FEMALE_PRONOUN"
PAST_OFFICE = "PAST_OFFICE"  # "former"
NAME_PARTICLE = "NAME_PARTICLE"  # "von"
SUFFIX = "SUFFIX"  # "jr"
NOT_NAME = "NOT_NAME"  # capitalised, but no part of a name: "Monday", "Reports"
INDEFINITE = "INDEFINITE"  # "a", "another"
BODY = "BODY"  # "campaign", "ministry"
PLACE_START = "PLACE_START"  # the "New" of "New Hampshire"
THING = "THING"  # the "News" of "Fox News"
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
    NAMED_AUXILIARY: "named_auxiliaries",
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
    MALE_TITLE: "male_titles",
    FEMALE_TITLE: "female_titles",
    PRONOUN: "pronouns",
    FEMALE_PRONOUN: "female_pronouns",
    PAST_OFFICE: "past",
    NAME_PARTICLE: "particles",
    SUFFIX: "suffixes",
    NOT_NAME: "not_names",
    INDEFINITE: "indefinite",
    BODY: "bodies",
    PLACE_START: "place_starts",
    THING: "things",
}

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
    words, low = lexicon.load(language).words, text.lower().replace("’", "'")
    names = {WORD, low, *_classes(language).get(low, ())}
    has_ending = len(low) >= _SHORTEST_WITH_ENDING
    if text[0].isupper():
        names.add(CAPITAL)
    elif low.endswith("ly") and has_ending and low not in words["ly_nouns"]:
        names.add(ADVERB)
    if low.endswith("ing") and has_ending and low not in words["gerund_nouns"]:
        names.add(GERUND)
    return low, frozenset(names)


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
