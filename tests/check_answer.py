"""`python tests/check_answer.py ANSWER.json`: whether the installed command answered the
first question rightly.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    answer = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    cited = answer["citations"]
    assert not answer["abstained"], answer["reason"]
    assert len(cited) >= 3, cited
    assert {citation["speaker"] for citation in cited} == {"Vladimir Putin"}, cited
    article = (
        (Path(__file__).parent.parent / "seeds" / "putin-idlib.txt")
        .read_bytes()
        .decode("utf-8")
    )
    own = [citation for citation in cited if citation["title"].endswith("Putin")]
    assert own and all(article[c["start"] : c["end"]] == c["quote"] for c in own), own
    print(f"{len(cited)} citations, all Vladimir Putin's, each at its place")


if __name__ == "__main__":
    main()
