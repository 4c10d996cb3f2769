"""The store and its vectors stay one: through replacement, removal, crashes, damage, and
other processes.
"""

from __future__ import annotations

import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from rag.archive.archive import Archive
from rag.config import Config, load
from rag.errors import (
    ArticleError,
    IndexMismatchError,
    LockedError,
    StoreError,
    VectorIndexError,
)
from rag.models.loaders import SentenceEmbeddings
from rag.search import retrieve
from rag.types import Article, Incoming, Scope
from tests import ROOT
from tests.conftest import reports

Make = Callable[..., Incoming]


@pytest.fixture
def archive(config: Config, embeddings: SentenceEmbeddings) -> Iterator[Archive]:
    made = Archive(config, embeddings)
    yield made
    made.close()


def add(archive: Archive, *items: Incoming) -> list[str]:
    return [report.change for report in reports(archive.add(items))]


def assert_consistent(archive: Archive) -> None:
    assert archive.index.passages.ids() == archive.store.ids("passages")
    assert archive.index.statements.ids() == archive.store.ids("statements")
    assert archive.index.is_sound()


def found(archive: Archive, query: str) -> list[str]:
    return [hit.article.id for hit in retrieve.search(archive, query, 10)]


def test_adding_again_changes_nothing(archive: Archive, incoming: Make) -> None:
    item = incoming(
        "a",
        "The harbour reopened on Monday. Ships came at once.",
        title="Harbour",
        date="2020-01-02",
    )
    assert add(archive, item) == ["added"]
    before = archive.store.ids("passages")
    assert add(archive, item) == ["unchanged"]
    assert archive.store.ids("passages") == before
    assert_consistent(archive)


def test_a_changed_article_replaces_its_old_self(
    archive: Archive, incoming: Make
) -> None:
    add(
        archive,
        incoming(
            "a", "The harbour reopened on Monday.", title="Harbour", author="Ann Lee"
        ),
    )
    assert add(
        archive, incoming("a", "The airport closed on Tuesday.", title="Airport")
    ) == ["updated"]
    assert archive.store.count() == (1, 1)
    assert archive.store.article("a") == Article(
        "a", "The airport closed on Tuesday.", "Airport"
    )
    assert archive.store.search(["harbour"], 5) == []
    assert_consistent(archive)


def test_the_same_origin_with_new_words_is_the_same_article(
    archive: Archive, incoming: Make
) -> None:
    first = incoming("a", "The harbour reopened on Monday.")
    second = replace(first, article=Article("b", "The harbour closed on Tuesday."))
    assert add(archive, first) == ["added"]
    assert add(archive, second) == ["updated"]
    assert [article.id for article in archive.store.articles()] == ["b"]
    assert_consistent(archive)


def test_a_renamed_file_and_another_in_its_place_are_both_kept(
    archive: Archive, incoming: Make
) -> None:
    old = incoming("a", "The harbour reopened on Monday.")
    add(archive, old)
    renamed = replace(old, origin="test:elsewhere")
    in_its_place = replace(
        incoming("b", "The airport closed on Tuesday."), origin=old.origin
    )
    add(archive, in_its_place, renamed)
    assert {article.id for article in archive.store.articles()} == {"a", "b"}
    assert_consistent(archive)


def test_a_removed_article_never_answers_again(
    archive: Archive, incoming: Make
) -> None:
    add(
        archive,
        incoming("a", "The harbour reopened on Monday."),
        incoming("b", "The airport closed on Tuesday."),
    )
    assert found(archive, "When did the harbour reopen?")[0] == "a"
    assert archive.remove("a").text == "The harbour reopened on Monday."
    assert found(archive, "When did the harbour reopen?") == ["b"]
    assert_consistent(archive)
    with pytest.raises(ArticleError, match="articles list"):
        archive.remove("a")


def test_one_bad_article_in_a_batch_is_kept_out_alone(
    archive: Archive, incoming: Make
) -> None:
    hostile = [
        "\u202eabc\u202c",
        "x" * 5_000,
        "<img src=x onerror=alert(1)>",
        '"; DROP TABLE articles; --',
        "NEAR( a AND *",
    ]
    assert add(
        archive, *(incoming(f"h{n}", text) for n, text in enumerate(hostile))
    ) == ["added"] * len(hostile)
    assert_consistent(archive)
    for text in hostile:
        assert len(found(archive, text)) == len(hostile)


def test_what_an_interrupted_run_left_is_finished(
    config: Config, embeddings: SentenceEmbeddings, incoming: Make
) -> None:
    class Failing(DeterministicFakeEmbedding):
        calls: int = 0

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.calls += 1
            if self.calls == 4:  # two a batch: its passages, then its statements
                raise KeyboardInterrupt
            return super().embed_documents(texts)

    items = [
        incoming(
            str(n), f"Article number {n} tells of town {n}. " * 400, title=f"Town {n}"
        )
        for n in range(30)
    ]
    broken = Archive(config, Failing(size=16))
    with pytest.raises(KeyboardInterrupt):
        add(broken, *items)
    visible = broken.store.count()[0]
    assert 0 < visible < len(items)
    assert broken.index.passages.ids() >= broken.store.ids("passages")
    broken.close()
    mended = Archive(config, DeterministicFakeEmbedding(size=16))
    mended.model_name = "Failing"
    list(mended.finish())
    assert mended.store.count()[0] == len(items)
    assert_consistent(mended)
    mended.close()


CHILD = """
import sys
from pathlib import Path
from langchain_core.embeddings import DeterministicFakeEmbedding
from rag.config import load
from rag.archive.archive import Archive
from rag.types import Article, Incoming
archive = Archive(load({}, data=Path(sys.argv[1]), bundled=False), DeterministicFakeEmbedding(size=8))
archive.index
print("begun", flush=True)
for round in range(1000):
    for n in range(12):
        item = Incoming(Article(f"a{n}", f"Round {round} of town {n}. " * 90, f"Town {n}"), f"o{n}")
        list(archive.add([item]))
        print(n, round, flush=True)
        if n % 5 == 4:
            archive.remove(f"a{n}")
            print(n, -1, flush=True)
"""


def test_a_kill_at_any_instruction_leaves_every_article_whole(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledgements = 0
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout and child.stdout.readline().strip() == "begun"
        time.sleep(chance.uniform(0.05, 1.2))
        child.send_signal(signal.SIGKILL)
        lines = [line.split() for line in child.stdout.read().splitlines()]
        acknowledged = {int(line[0]): int(line[1]) for line in lines if len(line) == 2}
        acknowledgements += len(acknowledged)
        child.wait()
        archive = Archive(
            load({}, data=tmp_path, bundled=False),
            DeterministicFakeEmbedding(size=8),
        )
        list(archive.finish())
        archive.mend()
        assert_consistent(archive)
        for article in archive.store.articles():
            pieces = [
                p
                for item in archive.store.published()
                if item.article.id == article.id
                for p in item.passages
            ]
            assert "".join(p.span.of(article.text) for p in pieces) == article.text
        for number, round in acknowledged.items():
            kept = archive.store.article(f"a{number}")
            if number % 5 != 4:  # these are removed at times
                assert kept and int(kept.text.split()[1]) >= round
        archive.close()
    assert acknowledgements > 20


def test_a_second_process_is_refused_at_once_and_told_why(
    archive: Archive, incoming: Make
) -> None:
    add(archive, incoming("a", "The harbour reopened on Monday."))
    second = Archive(archive.config, archive.embeddings)
    started = time.monotonic()
    with pytest.raises(LockedError, match=r"in use by another On Record \(process \d+"):
        add(second, incoming("b", "The airport closed."))
    assert time.monotonic() - started < 2
    assert found(second, "harbour") == ["a"]
    second.close()
    assert_consistent(archive)


WRITER = """
import sys
from pathlib import Path
from langchain_core.embeddings import DeterministicFakeEmbedding
from rag.archive.archive import Archive
from rag.config import load
from rag.types import Article, Incoming
archive = Archive(load({}, data=Path(sys.argv[1]), bundled=False), DeterministicFakeEmbedding(size=8))
list(archive.add(Incoming(Article(f"{sys.argv[2]}{n}", f"Town {sys.argv[2]} {n}."), f"{sys.argv[2]}{n}") for n in range(40)))
print("written", flush=True)
sys.stdin.read()
"""


def test_one_who_only_read_writes_on_what_others_wrote_meanwhile(
    tmp_path: Path, incoming: Make
) -> None:
    def writer(name: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout and child.stdout.readline() == "written\n"
        return child

    first = writer("first")
    reader = Archive(
        load({}, data=tmp_path, bundled=False),
        DeterministicFakeEmbedding(size=8),
    )
    assert reader.index.passages.count() == 40
    with pytest.raises(LockedError):
        add(reader, incoming("x", "The harbour reopened."))
    first.communicate("")
    writer("second").communicate("")
    assert add(reader, incoming("x", "The harbour reopened.")) == ["added"]
    assert reader.store.count() == (81, 81)
    everything = reader.index.passages.search(
        reader.embeddings.embed_query("harbour"), 81
    )
    assert {id for id, _ in everything} == reader.store.ids("passages")
    assert_consistent(reader)
    reader.close()


def test_many_threads_add_the_same_article_once(
    archive: Archive, incoming: Make
) -> None:
    items = [incoming(str(n), f"Town number {n} has a harbour.") for n in range(8)]
    threads = [threading.Thread(target=add, args=(archive, *items)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert archive.store.count() == (8, 8)
    assert_consistent(archive)


def test_vectors_of_another_model_are_refused_by_name(
    archive: Archive, incoming: Make
) -> None:
    add(archive, incoming("a", "The harbour reopened on Monday."))
    archive.close()
    other = Archive(archive.config, DeterministicFakeEmbedding(size=7))
    with pytest.raises(
        IndexMismatchError,
        match="all-MiniLM-L6-v2.*DeterministicFakeEmbedding.*--rebuild",
    ):
        found(other, "harbour")
    other.rebuild()
    assert found(other, "harbour") == ["a"]
    assert_consistent(other)
    other.close()


@pytest.mark.parametrize(
    "damage",
    ["no folder", "no segment", "truncated", "garbage", "no pickle", "no database"],
)
def test_damaged_vectors_are_made_anew_from_the_text(
    damage: str, config: Config, tmp_path: Path, incoming: Make
) -> None:
    plain = DeterministicFakeEmbedding(size=8)
    archive = Archive(config, plain)
    add(
        archive,
        *(incoming(str(n), f"Town number {n} has a harbour. " * 60) for n in range(60)),
    )
    archive.close()
    # Chroma caches an open folder for the process's life
    copy = load({}, data=tmp_path / "copy", bundled=False)
    shutil.copytree(config.data, copy.data)
    _damage(copy.data / "vectors-0", damage)
    mended = Archive(copy, plain)
    assert len(found(mended, "harbour")) == 10
    assert_consistent(mended)
    mended.close()


def _damage(folder: Path, damage: str) -> None:
    segments = [path for path in folder.iterdir() if path.is_dir()]
    if damage == "no folder":
        shutil.rmtree(folder)
    elif damage == "no database":
        (folder / "chroma.sqlite3").write_bytes(b"not a database")
    for segment in segments if damage not in ("no folder", "no database") else ():
        if damage == "no segment":
            shutil.rmtree(segment)
        elif damage == "truncated":
            (segment / "data_level0.bin").write_bytes(b"")
        elif damage == "garbage":
            (segment / "header.bin").write_bytes(b"\x00" * 100)
        else:
            (segment / "index_metadata.pickle").unlink(missing_ok=True)


def test_a_damaged_store_is_told_plainly(config: Config, tmp_path: Path) -> None:
    config.data.mkdir()
    (config.data / "articles.sqlite3").write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        Archive(config)
    blocked = tmp_path / "file"
    blocked.write_text("here")
    with pytest.raises(StoreError, match="--data"):
        Archive(load({}, data=blocked))


@pytest.mark.parametrize("fields", ["", "[]", '{"speaker": 1}', '{"speaker": "Ana'])
def test_a_damaged_statement_is_told_and_mended_by_adding_anew(
    fields: str, archive: Archive, incoming: Make
) -> None:
    item = incoming("a", "Ana Petrova said the harbour would close.")
    add(archive, item)
    with closing(sqlite3.connect(archive.store.path)) as database, database:
        database.execute("UPDATE statements SET fields = ?", [fields])
    with pytest.raises(StoreError, match="'a' is damaged; remove the article"):
        archive.store.statements("a")
    archive.remove("a")
    assert add(archive, item) == ["added"]
    assert [one.speaker for one in archive.store.statements("a")] == ["Ana Petrova"]
    assert_consistent(archive)


def test_the_data_folder_is_private(archive: Archive) -> None:
    assert archive.config.data.stat().st_mode & 0o077 == 0
    assert archive.store.path.stat().st_mode & 0o077 == 0


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    """A real Chroma server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [
            str(command),
            "run",
            "--path",
            str(tmp_path / "server"),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def test_a_chroma_server_serves_the_same_code(
    chroma_server: str, config: Config, embeddings: SentenceEmbeddings, incoming: Make
) -> None:
    remote = replace(config, chroma_url=chroma_server)
    archive = Archive(remote, embeddings)
    assert (
        add(
            archive,
            incoming("a", "The harbour reopened on Monday."),
            incoming("b", "The airport closed."),
        )
        == ["added"] * 2
    )
    assert found(archive, "When did the harbour reopen?")[0] == "a"
    second = Archive(remote, embeddings)
    assert second.index.passages.count() == 2
    assert add(archive, incoming("d", "The theatre was painted.")) == ["added"]
    assert add(second, incoming("c", "The station burned down.")) == ["added"]
    second.remove("b")
    second.close()
    assert set(found(archive, "What happened to the station?")) == {"a", "c", "d"}
    assert_consistent(archive)
    archive.rebuild()
    assert_consistent(archive)
    archive.close()


def test_a_server_that_is_not_there_is_told_plainly(
    config: Config, embeddings: SentenceEmbeddings
) -> None:
    archive = Archive(replace(config, chroma_url="http://127.0.0.1:9"), embeddings)
    with pytest.raises(
        VectorIndexError,
        match=r"Chroma at http://127\.0\.0\.1:9 does not answer.*is the server running",
    ):
        archive.index.passages.count()
    archive.close()


def test_statements_are_searched_by_who_said_them_where_and_when(
    archive: Archive, incoming: Make
) -> None:
    add(
        archive,
        incoming(
            "a",
            "Ana Petrova said the harbour would close.",
            source="Gazette",
            date="2020-01-02",
        ),
        incoming(
            "b",
            "Ivo Marin said the harbour would open.",
            source="Courier",
            date="2020-02-03",
        ),
        incoming("c", "Ivo Marin said the harbour was old.", source="Courier"),
    )
    vector = archive.embeddings.embed_query("the harbour")

    def articles(scope: Scope) -> tuple[list[str], list[str]]:
        lexical = archive.store.said(
            archive.store.search_statements(["harbour"], 9, scope)
        )
        dense = archive.store.said(
            [id for id, _ in archive.index.statements.search(vector, 9, scope)]
        )
        return sorted(s.article.id for s in lexical.values()), sorted(
            s.article.id for s in dense.values()
        )

    assert articles(Scope()) == (["a", "b", "c"], ["a", "b", "c"])
    assert articles(Scope(speakers=("Ivo Marin", "Nobody"))) == (["b", "c"], ["b", "c"])
    assert articles(Scope(sources=("Gazette",))) == (["a"], ["a"])
    assert articles(Scope(since="2020-01-03")) == (["b"], ["b"])
    assert articles(Scope(until="2020-01-02")) == (["a"], ["a"])
    assert articles(
        Scope(speakers=("Ivo Marin",), until="2020-02-03", since="2020-02-03")
    ) == (["b"], ["b"])
    passages = archive.store.passages(
        archive.store.search(["harbour"], 9, Scope(since="2020-01-03"))
    )
    assert [article.id for _, article in passages.values()] == ["b"]
    dense_passages = archive.index.passages.search(vector, 9, Scope(until="2020-01-31"))
    assert [id for id, _ in dense_passages] == archive.store.search(
        ["harbour"], 9, Scope(until="2020-01-31")
    )


def test_statements_of_older_rules_are_extracted_again(
    config: Config, embeddings: SentenceEmbeddings, incoming: Make
) -> None:
    with closing(Archive(config, embeddings)) as first:
        add(first, incoming("a", "Ana Petrova said the harbour would close."))
        (stored,) = first.store.published()
        old = [
            replace(statement, id="old", speaker="Somebody Else")
            for statement in stored.statements
        ]
        first.store.set_statements(stored, old)
        first.store.set_note("extractor", "0")
    with closing(Archive(config, embeddings)) as second:
        assert_consistent(second)
        assert [statement.speaker for statement in second.store.statements("a")] == [
            "Ana Petrova"
        ]


def test_a_store_of_the_first_version_is_upgraded(
    config: Config, embeddings: SentenceEmbeddings, incoming: Make
) -> None:
    with closing(Archive(config, embeddings)) as first:
        add(first, incoming("a", "Ana Petrova said the harbour would close."))
        path = first.store.path
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "DROP TABLE speakers; DROP TABLE statements; DROP TABLE said; DELETE FROM meta WHERE name = 'extractor'; PRAGMA user_version = 1;"
            "CREATE TABLE statements (row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL,"
            " speaker TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL, fields TEXT NOT NULL)"
        )
    with closing(Archive(config, embeddings)) as second:
        assert_consistent(second)
        assert [statement.speaker for statement in second.store.statements("a")] == [
            "Ana Petrova"
        ]
