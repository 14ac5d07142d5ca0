"""Make tests/golden/fasttext: small supervised models by fastText itself, and what its binding says of some texts.

    python tests/golden/make_fasttext.py      # in an environment with fasttext-ng 0.9.3, or another build of 0.9

The words are made up here. Models: each loss, n-grams of words and characters, quantised and pruned, outputs too.
"""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from pathlib import Path

import fasttext

TO = Path(__file__).parent / "fasttext"
WORDS = ["mill", "grain", "flour", "stone", "river", "the", "a", "of", "and", "não", "мельница", "水", "x"]
WORDS += ["buy", "now", "free", "offer"]
MODELS = {
    "softmax_words.bin": ({"loss": "softmax"}, None),
    "softmax_pairs_and_characters.bin": ({"loss": "softmax", "wordNgrams": 2, "minn": 2, "maxn": 4}, None),
    "tree_runs_of_three.bin": ({"loss": "hs", "wordNgrams": 3}, None),
    "each_label_by_itself.bin": ({"loss": "ova", "wordNgrams": 2, "minn": 1, "maxn": 3}, None),
    "negative_sampling.bin": ({"loss": "ns"}, None),
    "quantised.ftz": ({"loss": "softmax", "wordNgrams": 2, "minn": 2, "maxn": 3}, {"dsub": 2}),
    "quantised_norms_odd_parts.ftz": ({"loss": "ova", "wordNgrams": 2, "dim": 7}, {"dsub": 2, "qnorm": True}),
    "pruned.ftz": ({"loss": "softmax", "wordNgrams": 2, "minn": 2, "maxn": 3}, {"dsub": 2, "cutoff": 260}),
    "quantised_outputs.ftz": ({"loss": "softmax", "wordNgrams": 2, "many": True}, {"dsub": 2, "qout": True}),
    "pruned_tree.ftz": ({"loss": "hs", "wordNgrams": 2, "many": True}, {"dsub": 3, "cutoff": 270, "qnorm": True}),
}


def lines(draw: random.Random, many: bool) -> list[str]:
    """Training lines, of four labels or of 260."""
    made = []
    for number in range(1500):
        label = f"n{number % 260}" if many else draw.choice("aaabbcd")
        own = WORDS if many else {"a": WORDS[:8], "b": WORDS[5:13], "c": WORDS[9:], "d": WORDS}[label]
        made.append(f"__label__{label} the the " + " ".join(draw.choice(own) for _ in range(draw.randint(1, 12))))
    return made


def texts(draw: random.Random) -> list[str]:
    """Awkward texts, then random ones of known words and of letters."""
    out = ["", "  ", "hello", "mill grain", "</s>", "a </s> b", "__label__a mill", "__label__zz mill", "__label__"]
    out += ["não 水 мельница", "a\x00b", "x" * 300, "水" * 40, "<the>", "</s", "\t the\r\v\fmill "]
    letters = "".join(WORDS) + "  <>/_ßé𝄞"
    for _ in range(60):
        word = lambda: "".join(draw.choice(letters) for _ in range(draw.randint(1, 9)))  # noqa: E731
        out.append(" ".join(draw.choice(WORDS) if draw.random() < 0.7 else word() for _ in range(draw.randint(1, 15))))
    return out


def main() -> None:
    TO.mkdir(exist_ok=True)
    asked, golden = texts(random.Random(2)), {}
    for name, (settings, quantised) in MODELS.items():
        options = {"dim": 6, "bucket": 400, "epoch": 15, "lr": 0.2, "thread": 1, "verbose": 0} | settings
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
            file.write("\n".join(lines(random.Random(1), bool(options.pop("many", False)))) + "\n")
            file.flush()
            model = fasttext.train_supervised(file.name, **options)
            if quantised:
                model.quantize(file.name, **quantised)
        model.save_model(str(TO / name))
        model = fasttext.load_model(str(TO / name))
        rows = [model.f.predict(text + "\n", -1, -1.0, "strict") for text in asked]
        golden[name] = [{label: round(score, 7) for score, label in row[:12]} for row in rows]
    with gzip.GzipFile(TO / "answers.json.gz", "wb", mtime=0) as file:
        file.write(json.dumps({"texts": asked, "models": golden}).encode())


if __name__ == "__main__":
    main()
