"""dolma's taggers for code over texts in memory: CPU seconds, and what they say. Run by bench/source_code.py.

python code_rules.py FILE.json     a list of {"text", "ext"}
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path


def main(path: Path) -> None:
    warnings.simplefilter("ignore")
    from dolma.core.data_types import Document, DocumentWithMetadata
    from dolma.taggers.code.code_taggers import CodeRedPajamaTaggers, CodeStarCoderTaggers2

    files = json.loads(path.read_text())
    plain = [Document(source="", id="", text=file["text"]) for file in files]
    whole = [DocumentWithMetadata(source="", id="", text=f["text"], metadata={"ext": f["ext"]}) for f in files]
    lines, rules = CodeRedPajamaTaggers(), CodeStarCoderTaggers2()
    spent = []
    for tagger, documents in ((lines, plain), (rules, whole)):
        begun = time.process_time()
        found = [tagger.predict(document) for document in documents]
        spent.append(time.process_time() - begun)
    comments = [
        next(span.score for span in result.spans if span.type == "code_to_comment_ratio_doc") for result in found
    ]
    shown = [next(span.score for span in result.spans if span.type.startswith("code_to_text")) for result in found]
    print(json.dumps({"lines": spent[0], "rules": spent[1], "comments": comments, "shown": shown}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
