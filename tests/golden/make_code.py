"""Write code_dolma.json: what dolma's taggers for code say of the texts of code_documents.py.

    pip install dolma[code]==1.2.1
    python tests/golden/make_code.py

They are those of RedPajama and of StarCoder (bigcode-dataset). Nothing is drawn at random.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from code_documents import documents  # noqa: E402


def main() -> None:
    warnings.simplefilter("ignore")
    taggers = importlib.import_module("dolma.taggers.code.code_taggers")
    types = importlib.import_module("dolma.core.data_types")
    answers: dict[str, dict[str, float]] = {}
    for path, text in documents().items():
        metadata = {"ext": path.rpartition(".")[2]}
        plain = types.Document(source="", id="", text=text)
        whole = types.DocumentWithMetadata(source="", id="", text=text, metadata=metadata)
        spans = [
            *taggers.CodeRedPajamaTaggers().predict(plain).spans,
            *taggers.CodeStarCoderTaggers2().predict(whole).spans,
        ]
        answers[path] = {span.type: float(span.score) for span in spans}
    out = {"peer": f"dolma {version('dolma')}", "answers": answers}
    (HERE / "code_dolma.json").write_text(json.dumps(out, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
