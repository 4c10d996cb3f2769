"""Who is on record: each speaker of all articles under one name."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from rag.archive.store import Store
from rag.language.names import meant, unify, variant
from rag.types import Speaker


@dataclass(frozen=True)
class Roster:
    """The one name of each name that an article gives a speaker, the most quoted first."""

    one_name: dict[str, str]

    @cached_property
    def names(self) -> list[str]:
        """Everybody's one name, the most quoted first."""
        return list(dict.fromkeys(self.one_name.values()))

    def known_as(self, name: str) -> str:
        """The speaker on record whom a name means; the name itself where there is none."""
        return meant(name, self.names) or self.one_name.get(name, name)

    def forms(self, name: str) -> list[str]:
        """The names that articles give a speaker, the name itself first."""
        forms = [name]
        for form, one in self.one_name.items():
            if one == name and form != name:
                forms.append(form)
        return forms

    def surname_only(self, name: str) -> list[str]:
        """Names on record that are this speaker's surname and nothing more: perhaps theirs,
        never made one with it.
        """
        if not _is_full(name):
            return []
        surname = _surname(name)
        found = []
        for one in self.names:
            if not _is_full(one) and variant(one) == surname:
                found.append(one)
        return found

    def namesakes(self, name: str) -> list[str]:
        """Other people on record with the same surname, the most quoted first."""
        surname = _surname(name)
        found = []
        for one in self.names:
            is_another = one != name and _is_full(one)
            if is_another and _surname(one) == surname:
                found.append(one)
        return found


def _is_full(name: str) -> bool:
    """Whether a name has more than one word: "Bill Clinton", not "Clinton"."""
    return len(name.split()) > 1


def _surname(name: str) -> str:
    """The last word of a name, as it is compared between spellings."""
    return variant(name.split()[-1])


def roster_of(store: Store) -> Roster:
    """The roster of all visible articles."""
    counts = dict(store.speakers())
    one_name = unify(counts)
    together: Counter[str] = Counter()
    for form, count in counts.items():
        together[one_name[form]] += count

    def rank(form: str) -> tuple[int, str, str]:
        name = one_name[form]
        # by the letters where two are quoted as often, so that every run says the same
        return -together[name], name, form

    return Roster({form: one_name[form] for form in sorted(counts, key=rank)})


def on_record(store: Store, roster: Roster) -> list[Speaker]:
    """Everybody with how much they said, in how many articles, from when to when; the most
    quoted first.
    """
    statements: Counter[str] = Counter()
    articles: dict[str, set[str]] = defaultdict(set)
    days: dict[str, list[str]] = defaultdict(list)
    for form, article, day in store.speaker_days():
        # a speaker may have come in since the roster was made
        name = roster.one_name.get(form, form)
        statements[name] += 1
        articles[name].add(article)
        if day:
            days[name].append(day)
    speakers = []
    for name in roster.names:
        speaker = Speaker(
            name,
            also=tuple(roster.forms(name)[1:]),
            statements=statements[name],
            articles=len(articles[name]),
            first=min(days[name], default=None),
            last=max(days[name], default=None),
        )
        speakers.append(speaker)
    return speakers
