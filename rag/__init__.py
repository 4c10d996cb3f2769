"""On Record: ask news articles who said what, and get answers cited to the exact words."""

__version__ = "0.1.0"
