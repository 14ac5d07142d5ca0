"""Write repetition.json.gz: what the packages themselves say of the demo's mail and prose.

    pip install datatrove==0.10.1 spacy dolma==1.2.1
    pip download --no-deps nemo-curator==1.4.0, unzipped into NEMO
    python tests/golden/make_repetition.py NEMO

Curator's two modules are loaded by themselves, as the package would also want torch and ray; its set of n-grams is
made to keep their order, so that of ties the first in the text is taken (else it is the hash seed that chooses).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import types
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import gopher_repetition_filter as dt
from datatrove.utils.text import split_into_words
from dolma.taggers.gopher import get_attributes

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "examples" / "demo"


def documents() -> list[str]:
    """Mail and prose of the demo, some with a part of them said again."""
    with gzip.open(DEMO / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as file:
        mail = [json.loads(line)["body"] for line in file]
    texts = [text for text in mail if text and len(text) < 5000][:90]
    texts += [path.read_text(encoding="utf-8")[:6000] for path in sorted((DEMO / "prose").iterdir())[:10]]
    for parts, k in ((3, 1), (5, 2), (8, 2), (10, 4)):
        texts += [text + "\n" + (text[: len(text) // parts] + "\n\n") * k for text in texts[k:90:9]]
    return texts


def of_datatrove(text: str) -> dict[str, float | bool]:
    """Shares over whitespace words, so that no tokenizer is in the way, and the verdict over those and over its own."""
    words = text.split()
    judge = dt.GopherRepetitionFilter()
    dt.split_into_words = split_into_words
    out: dict[str, float | bool] = {"drop_own_words": judge.filter(Document(text, "")) is not True}
    dt.split_into_words = lambda _, language: words
    out["drop"] = judge.filter(Document(text, "")) is not True
    for n in range(2, 5):
        grams = dt.get_n_grams(words, n)
        out[f"top_{n}gram_char_share"] = dt.find_top_duplicate(grams) / len(text) if grams else 0.0
    for n in range(5, 11):
        out[f"duplicate_{n}gram_char_share"] = dt.find_all_duplicate(words, n) / len(text)
    return out


def of_dolma(text: str) -> dict[str, float | bool]:
    """The tagger's attributes; dropped by the bounds of Gopher, but lines by the .30 of Dolma's mixer."""
    found = get_attributes(text)
    top = {f"top_{n}gram_char_share": v for n, v in found.fraction_of_characters_in_most_common_ngram}
    repeated = {f"duplicate_{n}gram_char_share": v for n, v in found.fraction_of_characters_in_duplicate_ngrams}
    lines = found.fraction_of_duplicate_lines, found.fraction_of_characters_in_duplicate_lines
    bounds = dict(zip([*top, *repeated], (0.20, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.10), strict=False))
    drop = max(lines) > 0.30 or any({**top, **repeated}[name] > bound for name, bound in bounds.items())
    said = {"duplicate_line_share": lines[0], "duplicate_line_char_share": lines[1], "drop": drop}
    return {**top, **repeated, **said}


class DocumentFilter:
    """What Curator's base class sets, and no more."""

    def __init__(self) -> None:
        self._sentences = self._paragraphs = self._ngrams = None


def curator(folder: Path) -> types.ModuleType:
    """The module of Curator's repetition filters."""
    text = folder / "nemo_curator" / "stages" / "text"
    base = "nemo_curator.stages.text"
    for name in ("nemo_curator", "nemo_curator.stages", base, f"{base}.filters", f"{base}.utils"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    sys.modules["loguru"] = types.ModuleType("loguru")
    sys.modules["loguru"].logger = None
    sys.modules[f"{base}.filters.doc_filter"] = types.ModuleType("doc_filter")
    sys.modules[f"{base}.filters.doc_filter"].DocumentFilter = DocumentFilter
    loaded = types.ModuleType("none")
    for name, path in (
        (f"{base}.utils.text_utils", text / "utils" / "text_utils.py"),
        ("repetition", text / "filters" / "heuristic" / "repetition" / "repetition.py"),
    ):
        spec = importlib.util.spec_from_file_location(name, path)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        spec.loader.exec_module(loaded)
    loaded.set = lambda items: list(dict.fromkeys(items))
    return loaded


def of_nemo(text: str, module: types.ModuleType) -> dict[str, float | bool]:
    filters = {
        "duplicate_line_share": module.RepeatedLinesFilter(),
        "duplicate_paragraph_share": module.RepeatedParagraphsFilter(),
        "duplicate_line_char_share": module.RepeatedLinesByCharFilter(),
        "duplicate_paragraph_char_share": module.RepeatedParagraphsByCharFilter(),
    }
    for n, bound in zip(range(2, 11), (0.20, 0.18, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.10), strict=True):
        made = module.RepeatingTopNGramsFilter if n < 5 else module.RepeatingDuplicateNGramsFilter
        filters[f"{'top' if n < 5 else 'duplicate'}_{n}gram_char_share"] = made(n, bound)
    scores = {name: made.score_document(text) for name, made in filters.items()}
    drop = not all(filters[name].keep_document(score) for name, score in scores.items())
    # The four of lines and paragraphs score what is left, not what is repeated.
    shares = {name: 1 - score if "gram_" not in name else score for name, score in scores.items()}
    return {**shares, "drop": drop}


def main() -> None:
    module = curator(Path(sys.argv[1]))
    cases = [
        {"text": text, "datatrove": of_datatrove(text), "dolma": of_dolma(text), "nemo": of_nemo(text, module)}
        for text in documents()
    ]
    data = json.dumps(cases, ensure_ascii=False).encode()
    (HERE / "repetition.json.gz").write_bytes(gzip.compress(data, mtime=0))


if __name__ == "__main__":
    main()
