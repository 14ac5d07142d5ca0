"""Write src/gristmill/text/letters.npz: how surprising a letter is behind two others, in three scripts.

    pip download --no-deps Django==5.2
    python tools/make_letter_model.py Django-5.2-py3-none-any.whl

It is counted over the translations of Django (BSD licence, 99 languages) and the prose of examples/demo. Each language
weighs alike, whatever the length of its texts. Only counts are kept, as sixteenths of a bit.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from gristmill.text import letters as model
from gristmill.text.characters import flags_of
from gristmill.text.scripts import LATIN, MARK, OTHER, PLACE_SHIFT, SCRIPT, script_table

ROOT = Path(__file__).parents[1]
MARKUP = re.compile(r"%\([^)]*\)[a-z]|%[a-z]|\{[^}]*\}|<[^>]*>|\\[nt]|https?://\S+|[\w.]+\.[a-z]{2,4}\b|\w*\d\w*")
PRIOR = 0.02  # counts of a thousand that each letter has from the start, behind any two


def translations(wheel: str) -> Iterator[tuple[str, str]]:
    """Language and text of each message that is translated."""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(".po"):
                continue
            language = name.split("/locale/")[1].split("/")[0]
            inside = False
            text = ""
            for line in archive.read(name).decode().splitlines():
                if line.startswith("msgstr"):
                    inside, line = True, line.partition(" ")[2]
                elif not line.startswith('"'):
                    if inside:
                        yield language, text
                    inside, text = False, ""
                if inside:
                    text += ast.literal_eval(line)
            yield language, text


def words(text: str) -> Iterator[tuple[int, list[int]]]:
    """Script and places of the letters of each word of one script."""
    table = script_table()
    for word in re.findall(r"[^\W\d_]+", MARKUP.sub(" ", text)):
        entries = [flags_of(ord(c), table) for c in word]
        entries = [entry for entry in entries if not entry & MARK]
        scripts = {entry & SCRIPT for entry in entries}
        if len(scripts) == 1 and LATIN <= (script := scripts.pop()) < OTHER and not (len(word) > 1 and word.isupper()):
            yield script, [entry >> PLACE_SHIFT for entry in entries]


def main(wheel: str) -> None:
    counts = defaultdict(lambda: np.zeros((model.SCRIPTS, model.SIZE, model.SIZE, model.SIZE)))
    demo = (("en", path.read_text("utf-8")) for path in sorted((ROOT / "examples/demo/prose").glob("*.txt")))
    for language, text in (*translations(wheel), *demo):
        for script, places in words(text):
            row = [0, 0, *places, 0]
            for a, b, c in zip(row, row[1:], row[2:], strict=False):
                counts[language][script - LATIN, a, b, c] += 1
    total = np.zeros((model.SCRIPTS, model.SIZE, model.SIZE, model.SIZE))
    for one in counts.values():
        for script in range(model.SCRIPTS):
            size = one[script].sum()
            if size >= 2000:  # a name in another script is no language of it
                total[script] += one[script] * (100_000 / size)
    total += PRIOR
    bits = -np.log2(total / total.sum(axis=-1, keepdims=True))
    table = np.clip(np.round(bits * model.STEPS), 0, 255).astype(np.uint8)
    np.savez_compressed(ROOT / "src/gristmill/text/letters.npz", table=table)


if __name__ == "__main__":
    main(sys.argv[1])
