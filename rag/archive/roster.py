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
        return list(
            dict.fromkeys(
                [name, *(form for form, one in self.one_name.items() if one == name)]
            )
        )

    def surname_only(self, name: str) -> list[str]:
        """Names on record that are this speaker's surname and nothing more: perhaps theirs,
        never made one with it.
        """
        surname = variant(name.split()[-1]) if len(name.split()) > 1 else None
        return [
            one
            for one in self.names
            if len(one.split()) == 1 and variant(one) == surname
        ]

    def namesakes(self, name: str) -> list[str]:
        """Other people on record with the same surname, the most quoted first."""
        parts = name.split()
        return [
            one
            for one in self.names
            if one != name
            and len(one.split()) > 1
            and variant(one.split()[-1]) == variant(parts[-1])
        ]


def roster_of(store: Store) -> Roster:
    """The roster of all visible articles."""
    counts = dict(store.speakers())
    one_name = unify(counts)
    together: Counter[str] = Counter()
    for name, count in counts.items():
        together[one_name[name]] += count
    order = sorted(
        counts, key=lambda name: (-together[one_name[name]], one_name[name], name)
    )
    return Roster({name: one_name[name] for name in order})


def on_record(store: Store, roster: Roster) -> list[Speaker]:
    """Everybody with how much they said, in how many articles, from when to when; the most
    quoted first.
    """
    statements: Counter[str] = Counter()
    articles: dict[str, set[str]] = defaultdict(set)
    days: dict[str, list[str]] = defaultdict(list)
    for form, article, day in store.speaker_days():
        name = roster.one_name.get(form, form)
        statements[name] += 1
        articles[name].add(article)
        days[name] += [day] if day else []
    return [
        Speaker(
            name,
            tuple(roster.forms(name)[1:]),
            statements[name],
            len(articles[name]),
            min(days[name], default=None),
            max(days[name], default=None),
        )
        for name in roster.names
    ]
