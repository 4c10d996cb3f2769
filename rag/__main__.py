"""`python -m rag` is `onrecord`."""

from rag.commands.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
