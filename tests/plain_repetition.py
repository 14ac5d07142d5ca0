"""Gopher's repetition shares in plain Python, as four implementations define them: slow, and easy to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

Shares = dict[str, float]


def grams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def chars(words: Sequence[str]) -> int:
    return sum(map(len, words))


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def copies(pieces: list[str], *, first: bool) -> tuple[int, int]:
    """Repeated pieces and their characters; the first of several counts where `first` is true."""
    more = {piece: count - (not first) for piece, count in Counter(pieces).items() if count > 1}
    return sum(more.values()), sum(len(piece) * count for piece, count in more.items())


def datatrove(text: str, words: Sequence[str]) -> Shares:
    out: Shares = {}
    for kind, pieces in (("line", re.split("\n+", text)), ("paragraph", re.split("\n{2,}", text.strip()))):
        number, length = copies(pieces, first=False)
        out[f"duplicate_{kind}_share"] = share(number, len(pieces))
        out[f"duplicate_{kind}_char_share"] = share(length, len(text))
    for n in range(2, 5):
        top = Counter(grams(words, n)).most_common(1)
        out[f"top_{n}gram_char_share"] = share(top[0][1] * len(" ".join(top[0][0])), len(text)) if top else 0.0
    for n in range(5, 11):
        seen: set[str] = set()
        at = found = 0
        while at + n <= len(words):
            gram = "".join(words[at : at + n])
            found += len(gram) if gram in seen else 0
            at += n if gram in seen else 1
            seen.add(gram)
        out[f"duplicate_{n}gram_char_share"] = share(found, len(text))
    return out


def nemo(text: str, words: Sequence[str]) -> Shares:
    out: Shares = {}
    lines = [line for line in text.split("\n") if line.strip()]
    for kind, pieces in (("line", lines), ("paragraph", text.split("\n\n"))):
        number, length = copies(pieces, first=False)
        out[f"duplicate_{kind}_share"] = share(number, len(pieces))
        out[f"duplicate_{kind}_char_share"] = share(length, chars(pieces))
    for n in range(2, 5):
        top = Counter(grams(words, n)).most_common(1)
        left = text.replace(" ".join(top[0][0]), "") if top else ""
        out[f"top_{n}gram_char_share"] = share(len(text) - len(left), len(text)) if top else 1.0
    for n in range(5, 11):
        seen = set()
        covered: set[int] = set()
        spaces = 0
        last = -n
        for at, gram in enumerate(grams(words, n)):
            if gram in seen:
                covered.update(range(at, at + n))
                spaces += min(at - last, n, n - 1)
                last = at
            seen.add(gram)
        found = chars([words[k] for k in covered]) + spaces
        out[f"duplicate_{n}gram_char_share"] = share(found, len(text)) if len(words) >= n else 1.0
    return out


def dolma(text: str, words: Sequence[str]) -> Shares:
    number, length = copies(lines := text.split("\n"), first=True)
    out = {
        "duplicate_line_share": share(number, len(lines)),
        "duplicate_line_char_share": length / max(chars(words), 1),
    }
    for n in range(2, 5):
        top = Counter(grams(words, n)).most_common(1)
        out[f"top_{n}gram_char_share"] = share(top[0][1] * chars(top[0][0]), chars(words)) if top else 0.0
    for n in range(5, 11):
        counts = Counter(grams(words, n))
        repeated = sum(count * chars(gram) for gram, count in counts.items() if count > 1)
        out[f"duplicate_{n}gram_char_share"] = share(repeated, sum(chars(gram) for gram in grams(words, n)))
    return out


def dclm(text: str, words: Sequence[str]) -> Shares:
    out: Shares = {}
    for kind, parted in (("line", "\n"), ("paragraph", "\n\n")):
        pieces = [piece.strip() for piece in text.split(parted) if piece.strip()]
        number, length = copies(pieces, first=True)
        out[f"duplicate_{kind}_share"] = share(number, len(pieces))
        out[f"duplicate_{kind}_char_share"] = share(length, chars(pieces))
    for n in range(2, 11):
        counts = Counter(grams(words, n))
        most = max(counts.values(), default=0)
        if n < 5:
            length = max((chars(gram) for gram, count in counts.items() if count == most), default=0)
            found = length * most if most > 1 else 0
        else:
            inside = {k for at, gram in enumerate(grams(words, n)) if counts[gram] > 1 for k in range(at, at + n)}
            found = chars([words[k] for k in inside])
        out[f"{'top' if n < 5 else 'duplicate'}_{n}gram_char_share"] = share(found, chars(words))
    return out


PLAIN = {"datatrove": datatrove, "nemo": nemo, "dolma": dolma, "dclm": dclm}
