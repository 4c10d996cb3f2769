"""The store and its vectors stay one: through replacement, removal, crashes, damage, and other processes."""

from __future__ import annotations

import dataclasses
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from rag import retrieve
from rag.config import Config, load
from rag.library import Library
from rag.models import SentenceEmbeddings
from rag.types import Article, ArticleError, Incoming, IndexMismatchError, LockedError, StoreError, VectorIndexError
from tests.conftest import reports

ROOT = Path(__file__).parent.parent
Make = Callable[..., Incoming]


@pytest.fixture
def library(config: Config, embeddings: SentenceEmbeddings) -> Iterator[Library]:
    made = Library(config, embeddings)
    yield made
    made.close()


def add(library: Library, *items: Incoming) -> list[str]:
    return [report.change for report in reports(library.add(items))]


def assert_consistent(library: Library) -> None:
    assert library.index.ids() == library.store.passage_ids()
    assert library.index.is_sound()


def found(library: Library, query: str) -> list[str]:
    return [hit.article.id for hit in retrieve.search(library, query, 10)]


def test_adding_again_changes_nothing(library: Library, incoming: Make) -> None:
    item = incoming("a", "The harbour reopened on Monday. Ships came at once.", title="Harbour", date="2020-01-02")
    assert add(library, item) == ["added"]
    before = library.store.passage_ids()
    assert add(library, item) == ["unchanged"]
    assert library.store.passage_ids() == before
    assert_consistent(library)


def test_a_changed_article_replaces_its_old_self(library: Library, incoming: Make) -> None:
    add(library, incoming("a", "The harbour reopened on Monday.", title="Harbour", author="Ann Lee"))
    assert add(library, incoming("a", "The airport closed on Tuesday.", title="Airport")) == ["updated"]
    assert library.store.count() == (1, 1)
    assert library.store.article("a") == Article("a", "The airport closed on Tuesday.", "Airport")
    assert library.store.search(["harbour"], 5) == []
    assert_consistent(library)


def test_the_same_origin_with_new_words_is_the_same_article(library: Library, incoming: Make) -> None:
    first = incoming("a", "The harbour reopened on Monday.")
    second = dataclasses.replace(first, article=Article("b", "The harbour closed on Tuesday."))
    assert add(library, first) == ["added"]
    assert add(library, second) == ["updated"]
    assert [article.id for article in library.store.articles()] == ["b"]
    assert_consistent(library)


def test_a_renamed_file_and_another_in_its_place_are_both_kept(library: Library, incoming: Make) -> None:
    old = incoming("a", "The harbour reopened on Monday.")
    add(library, old)
    renamed = dataclasses.replace(old, origin="test:elsewhere")
    in_its_place = dataclasses.replace(incoming("b", "The airport closed on Tuesday."), origin=old.origin)
    add(library, in_its_place, renamed)
    assert {article.id for article in library.store.articles()} == {"a", "b"}
    assert_consistent(library)


def test_a_removed_article_never_answers_again(library: Library, incoming: Make) -> None:
    add(library, incoming("a", "The harbour reopened on Monday."), incoming("b", "The airport closed on Tuesday."))
    assert found(library, "When did the harbour reopen?")[0] == "a"
    assert library.remove("a").text == "The harbour reopened on Monday."
    assert found(library, "When did the harbour reopen?") == ["b"]
    assert_consistent(library)
    with pytest.raises(ArticleError, match="articles list"):
        library.remove("a")


def test_one_bad_article_in_a_batch_is_kept_out_alone(library: Library, incoming: Make) -> None:
    hostile = [
        "\u202eabc\u202c",
        "x" * 5_000,
        "<img src=x onerror=alert(1)>",
        '"; DROP TABLE articles; --',
        "NEAR( a AND *",
    ]
    assert add(library, *(incoming(f"h{n}", text) for n, text in enumerate(hostile))) == ["added"] * len(hostile)
    assert_consistent(library)
    for text in hostile:
        assert len(found(library, text)) == len(hostile)


def test_what_an_interrupted_run_left_is_finished(
    config: Config, embeddings: SentenceEmbeddings, incoming: Make
) -> None:
    class Failing(DeterministicFakeEmbedding):
        calls: int = 0

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt
            return super().embed_documents(texts)

    items = [incoming(str(n), f"Article number {n} tells of town {n}. " * 400, title=f"Town {n}") for n in range(30)]
    broken = Library(config, Failing(size=16))
    with pytest.raises(KeyboardInterrupt):
        add(broken, *items)
    visible = broken.store.count()[0]
    assert 0 < visible < len(items)
    assert broken.index.ids() >= broken.store.passage_ids()
    broken.close()
    mended = Library(config, DeterministicFakeEmbedding(size=16))
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
from rag.library import Library
from rag.types import Article, Incoming
library = Library(load({}, data=Path(sys.argv[1]), bundled=False), DeterministicFakeEmbedding(size=8))
library.index
print("begun", flush=True)
for round in range(1000):
    for n in range(12):
        item = Incoming(Article(f"a{n}", f"Round {round} of town {n}. " * 90, f"Town {n}"), f"o{n}")
        list(library.add([item]))
        print(n, round, flush=True)
        if n % 5 == 4:
            library.remove(f"a{n}")
            print(n, -1, flush=True)
"""


def test_a_kill_at_any_instruction_leaves_every_article_whole(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledgements = 0
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout and child.stdout.readline().strip() == "begun"
        time.sleep(chance.uniform(0.05, 1.2))
        child.send_signal(signal.SIGKILL)
        lines = [line.split() for line in child.stdout.read().splitlines()]
        acknowledged = {int(line[0]): int(line[1]) for line in lines if len(line) == 2}
        acknowledgements += len(acknowledged)
        child.wait()
        library = Library(load({}, data=tmp_path, bundled=False), DeterministicFakeEmbedding(size=8))
        list(library.finish())
        library.mend()
        assert_consistent(library)
        for article in library.store.articles():
            pieces = [p for item in library.store.published() if item.article.id == article.id for p in item.passages]
            assert "".join(p.span.of(article.text) for p in pieces) == article.text
        for number, round in acknowledged.items():
            kept = library.store.article(f"a{number}")
            if number % 5 != 4:  # these are removed at times
                assert kept and int(kept.text.split()[1]) >= round
        library.close()
    assert acknowledgements > 20


def test_a_second_process_is_refused_at_once_and_told_why(library: Library, incoming: Make) -> None:
    add(library, incoming("a", "The harbour reopened on Monday."))
    second = Library(library.config, library.embeddings)
    started = time.monotonic()
    with pytest.raises(LockedError, match=r"in use by another On Record \(process \d+"):
        add(second, incoming("b", "The airport closed."))
    assert time.monotonic() - started < 2
    assert found(second, "harbour") == ["a"]
    second.close()
    assert_consistent(library)


def test_many_threads_add_the_same_article_once(library: Library, incoming: Make) -> None:
    items = [incoming(str(n), f"Town number {n} has a harbour.") for n in range(8)]
    threads = [threading.Thread(target=add, args=(library, *items)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert library.store.count() == (8, 8)
    assert_consistent(library)


def test_vectors_of_another_model_are_refused_by_name(library: Library, incoming: Make) -> None:
    add(library, incoming("a", "The harbour reopened on Monday."))
    library.close()
    other = Library(library.config, DeterministicFakeEmbedding(size=7))
    with pytest.raises(IndexMismatchError, match="all-MiniLM-L6-v2.*DeterministicFakeEmbedding.*--rebuild"):
        found(other, "harbour")
    other.rebuild()
    assert found(other, "harbour") == ["a"]
    assert_consistent(other)
    other.close()


@pytest.mark.parametrize("damage", ["no folder", "no segment", "truncated", "garbage", "no pickle", "no database"])
def test_damaged_vectors_are_made_anew_from_the_text(
    damage: str, config: Config, tmp_path: Path, incoming: Make
) -> None:
    plain = DeterministicFakeEmbedding(size=8)
    library = Library(config, plain)
    add(library, *(incoming(str(n), f"Town number {n} has a harbour. " * 60) for n in range(60)))
    library.close()
    copy = load({}, data=tmp_path / "copy", bundled=False)  # Chroma caches an open folder for the process's life
    shutil.copytree(config.data, copy.data)
    _damage(copy.data / "vectors-0", damage)
    mended = Library(copy, plain)
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
        Library(config)
    blocked = tmp_path / "file"
    blocked.write_text("here")
    with pytest.raises(StoreError, match="--data"):
        Library(load({}, data=blocked))


def test_the_data_folder_is_private(library: Library) -> None:
    assert library.config.data.stat().st_mode & 0o077 == 0
    assert library.store.path.stat().st_mode & 0o077 == 0


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    """A real Chroma server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [str(command), "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)],
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
    remote = dataclasses.replace(config, chroma_url=chroma_server)
    library = Library(remote, embeddings)
    assert (
        add(library, incoming("a", "The harbour reopened on Monday."), incoming("b", "The airport closed."))
        == ["added"] * 2
    )
    assert found(library, "When did the harbour reopen?")[0] == "a"
    second = Library(remote, embeddings)
    assert add(second, incoming("c", "The station burned down.")) == ["added"]
    second.remove("b")
    second.close()
    assert set(found(library, "What happened to the station?")) == {"a", "c"}
    assert_consistent(library)
    library.rebuild()
    assert_consistent(library)
    library.close()


def test_a_server_that_is_not_there_is_told_plainly(config: Config, embeddings: SentenceEmbeddings) -> None:
    library = Library(dataclasses.replace(config, chroma_url="http://127.0.0.1:9"), embeddings)
    with pytest.raises(
        VectorIndexError, match=r"Chroma at http://127\.0\.0\.1:9 does not answer.*is the server running"
    ):
        library.index.count()
    library.close()
