"""The tree of errors: the message of each is one line and names the remedy.

OnRecordError
├── ConfigError              a setting or an option that cannot be used
├── ArticleError             an item that cannot be read as an article
├── QuestionError            a question that cannot be asked
├── StoreError               the store cannot be opened, read or written
│   └── LockedError          another process is writing to the same folder
├── VectorIndexError         the vectors cannot be opened, or do not answer
│   └── IndexMismatchError   they were made with another embedding model
└── ModelError               an embedding or chat model cannot be loaded or does not answer
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Something the reader can mend; the message is one line and names the remedy."""


class ConfigError(OnRecordError):
    """A setting or an option that cannot be used."""


class ArticleError(OnRecordError):
    """An item that cannot be read as an article."""


class QuestionError(OnRecordError):
    """A question that cannot be asked, such as an empty one."""


class StoreError(OnRecordError):
    """The store cannot be opened, read or written."""


class LockedError(StoreError):
    """Another process is writing to the same data folder."""


class VectorIndexError(OnRecordError):
    """The vector index cannot be opened, or does not answer."""


class IndexMismatchError(VectorIndexError):
    """The vectors were made with another embedding model."""


class ModelError(OnRecordError):
    """An embedding or chat model cannot be loaded or does not answer."""
