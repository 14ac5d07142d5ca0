"""Train src/gristmill/safety/toxicity_model.npz: python tools/train_toxicity.py

The data: sentences made from tools/toxicity_templates.py, written for this; and ordinary text, every second document
of examples/demo (its NOTICE.md says whose they are, and under which licences: LibreOffice's help, MPL-2.0; Python's
manual, PSF-2.0; e-mails, PDDL/CC0; Moby-Dick and State of the Union addresses, public domain). Nothing is downloaded.
The same sources on the same machine give the same bytes. With --held-out nothing is written: it trains on four
templates of five, and says how it does on sentences of the fifth.
"""

# ruff: noqa: T201
from __future__ import annotations

import gzip
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
from fastwarc.warc import ArchiveIterator, WarcRecordType
from make_toxicity_lists import SLURS, write
from resiliparse.extract.html2text import extract_plain_text
from toxicity_templates import BENIGN, CLOSERS, OPENERS, PLURALS, SINGULARS, SLOTS, TOXIC, lines

from gristmill.safety._lexicon import lists
from gristmill.text.flat import flat
from gristmill.text.speech_features import FEATURES, PARTS
from gristmill.text.speech_windows import features_of_windows

ROOT = Path(__file__).parents[1]
FILLS = 60  # sentences of each template
MISSPELT = 0.3  # of the toxic ones; of the others half as many
AROUND = 0.25  # of sentences have something before them, and as many behind
ORDINARY = 40_000  # windows
EPOCHS, RATE, DECAY = 6, 0.1, 1e-4
SHARES = np.array([0.3, 0.5, 3.0])  # of the three groups of features: how fast each is learnt
MOST = 0.999  # quantile of weights above which they are cut off
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})

SLOTS_OF = {name: said.split("|") for name, said in SLOTS.items()}
SLURS_OF = {"slurs": [one for one in SLURS if one.endswith("s")], "slur": [one for one in SLURS if f"{one}s" in SLURS]}


def filled(template: str, draw: random.Random) -> str:
    """One sentence of a template."""
    group = draw.randrange(len(PLURALS))

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in "PS":
            return (PLURALS if name == "P" else SINGULARS)[group]
        return draw.choice(SLURS_OF.get(name) or SLOTS_OF[name])

    sentence = re.sub(r"\{(\w+)\}", value, template)
    if draw.random() < AROUND:
        sentence = f"{draw.choice(OPENERS)} {sentence}"
    if draw.random() < AROUND:
        sentence = f"{sentence.rstrip('.')} {draw.choice(CLOSERS)}".replace(" ,", ",")
    return sentence[0].upper() + sentence[1:] if draw.random() < 0.8 else sentence.lower()


def misspelt(sentence: str, draw: random.Random) -> str:
    """The sentence with one of its longer words, or two, written otherwise than it should be."""
    words = sentence.split(" ")
    for _ in range(draw.choice((1, 1, 2))):
        at = draw.randrange(len(words))
        word = words[at]
        if len(word) < 4:
            continue
        k = draw.randrange(1, len(word) - 2)
        way = draw.randrange(5)
        if way == 0:
            words[at] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
        elif way == 1:
            words[at] = word[:k] + word[k + 1 :]
        elif way == 2:
            words[at] = word[0] + word[1:].translate(LEET)
        elif way == 3:
            words[at] = " ".join(word)
        elif at + 1 < len(words):
            words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def sentences(template: str, share_misspelt: float, draw: random.Random) -> Iterator[str]:
    """Different sentences of a template."""
    for sentence in sorted({filled(template, draw) for _ in range(FILLS)}):
        yield misspelt(sentence, draw) if draw.random() < share_misspelt else sentence


def ordinary(half: int) -> Iterator[str]:
    """Every second document of the demo, from the first (half 0) or the second (half 1)."""
    demo = ROOT / "examples" / "demo"
    for number, path in enumerate(sorted((demo / "prose").glob("*.txt"))):
        if number % 2 == half:
            yield from path.read_text("utf-8").split("\n\n")
    with gzip.open(demo / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % 2 == half:
                yield next((value for key in ("text", "body") if (value := json.loads(line).get(key))), "")
    for path in sorted((demo / "web").glob("*.warc.gz")):
        with path.open("rb") as file:
            for number, record in enumerate(ArchiveIterator(file, record_types=WarcRecordType.response)):
                if number % 2 == half:
                    yield extract_plain_text(record.reader.read().decode("utf-8", "replace"))


@numba.njit
def total_of(bounds, features, weights, row, shares):
    """The sum of a window's weights, each group of features divided by the root of its size."""
    total = 0.0
    for group in range(3):
        begin, end = bounds[1 + group, row], bounds[2 + group, row]
        found = 0.0
        for k in range(begin, end):
            found += weights[features[k]]
        if end > begin:
            total += found * shares[group] / np.sqrt(end - begin)
    return total


@numba.njit
def train(bounds, features, labels, order, rate, decay, shares):
    """Logistic regression by AdaGrad (Duchi, Hazan and Singer, JMLR 2011)."""
    weights, grown = np.zeros(FEATURES), np.full(FEATURES, 1e-2)
    bias = 0.0
    for epoch in range(len(order)):
        for row in order[epoch]:
            error = 1 / (1 + np.exp(-bias - total_of(bounds, features, weights, row, shares))) - labels[row]
            bias -= 0.02 * error
            for group in range(3):
                begin, end = bounds[1 + group, row], bounds[2 + group, row]
                for k in range(begin, end):
                    slot = features[k]
                    slope = error * shares[group] / np.sqrt(end - begin) + decay * weights[slot]
                    grown[slot] += slope * slope
                    weights[slot] -= rate * slope / np.sqrt(grown[slot])
    return weights, bias


@numba.njit
def score(bounds, features, weights, bias, shares):
    out = np.empty(bounds.shape[1])
    for row in range(len(out)):
        out[row] = 1 / (1 + np.exp(-bias - total_of(bounds, features, weights, row, shares)))
    return out


def main(held_out: bool) -> None:
    """Train on all and write the model; or on four templates of five, and say how it does on the fifth."""
    begun = time.perf_counter()
    draw = random.Random(1)
    made = [
        (sentence, label, number % 5 == 4)
        for label, block in ((1, TOXIC), (0, BENIGN))
        for number, template in enumerate(lines(block))
        for sentence in sentences(template, MISSPELT if label else MISSPELT / 2, draw)
    ]
    texts = [*(sentence for sentence, _, _ in made), *(text for text in ordinary(0) if text.strip())]
    view = flat(pa.array(texts, pa.large_string()))
    known = lists((), shipped=True)
    bounds, features = features_of_windows(view.data, view.offsets, known.asked("en"), known.lexicon)
    rows = bounds[0]
    labels = np.array([label for _, label, _ in made] + [0] * (len(texts) - len(made)), np.float64)[rows]
    kept_apart = np.array([apart and held_out for _, _, apart in made] + [False] * (len(texts) - len(made)))[rows]
    shuffled = np.random.default_rng(2)
    plain = shuffled.permutation(np.flatnonzero(rows >= len(made)))[:ORDINARY]
    used = np.concatenate([np.flatnonzero((rows < len(made)) & ~kept_apart), np.sort(plain)])
    order = np.stack([shuffled.permutation(used) for _ in range(EPOCHS)])
    print(
        f"{int(labels.sum()):,} toxic windows, {len(used) - len(plain):,} made in all, {len(plain):,} of ordinary text"
    )
    weights, bias = train(bounds, features, labels, order, RATE, DECAY, SHARES)
    if held_out:
        scores = score(bounds, features, weights, bias, SHARES)
        for label in (0, 1):
            asked = kept_apart & (labels == label)
            print(f"label {label}: {np.mean((scores[asked] >= 0.5) == label):.3f} of {int(asked.sum()):,} right")
    else:
        write(ROOT / "src/gristmill/safety/toxicity_model.npz", quantised(weights, bias))
    print(f"{time.perf_counter() - begun:.0f} s")


def quantised(weights: np.ndarray, bias: float) -> dict[str, np.ndarray]:
    """One byte a weight; each group of features has a scale."""
    out, scales = np.zeros(FEATURES, np.int8), []
    for begin, end, share in zip((0, *PARTS), (*PARTS, FEATURES), SHARES, strict=True):
        own = weights[begin:end]
        scale = np.quantile(np.abs(own[own != 0]), MOST) / 127
        out[begin:end] = np.clip(np.rint(own / scale), -127, 127)
        scales.append(scale * share)
    return {"weights": out, "scales": np.array(scales), "bias": np.array(bias)}


if __name__ == "__main__":
    main("--held-out" in sys.argv)
