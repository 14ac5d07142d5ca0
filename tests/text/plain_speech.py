"""The scan of toxic speech in plain Python, by the rules that its modules state."""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from gristmill.text.speech_context import (
    DEHUMANISING,
    DENOUNCING,
    DEROGATORY,
    EXCLUDING,
    GROUP,
    HATE,
    KINDNESS,
    NEGATION,
    OWN,
    PRAISE,
    QUOTE,
    REGISTER,
    SLUR,
    SPEECH,
    THEY,
    VIOLENT,
    YOU,
)

LEET = str.maketrans("013457@$!", "oieastasi")
QUOTES = '"«»“”„‟'
WIDE = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


@dataclass
class Word:
    text: str
    start: int  # characters of the text
    stop: int
    quoted: bool
    opened: bool
    unspaced: bool
    hidden: int = 0

    @property
    def data(self) -> bytes:
        return bytes([self.hidden]) * len(self.text.encode()) if self.hidden else self.text.encode()


@dataclass
class Entry:
    """A phrase of the lists: its kind, whether it is listed, and whether it is a cue."""

    kind: int = 0
    listed: bool = False
    cue: bool = False


Known = dict[tuple[str, ...], Entry]


def unspaced(c: str) -> bool:
    name = unicodedata.name(c, "")
    return any(name.startswith(script) for script in ("CJK", "HIRAGANA", "KATAKANA", "THAI", "HANGUL SYLLABLE"))


def letter(c: str) -> bool:
    return c.isascii() and c.isalpha()


def mark(c: str) -> bool:
    return unicodedata.category(c)[0] == "M"


def take_word(text: str, at: int) -> tuple[int, str, bool]:
    out, wide = "", False
    while at < len(text):
        c = text[at]
        behind = text[at + 1] if at + 1 < len(text) else ""
        if c.isascii():
            word = c.isalnum()
            if not word and behind and out and not wide:
                if c == "'" and letter(behind):
                    at += 1
                    continue
                word = c in "@$!" and letter(behind)
            if not word or wide:
                break
        else:
            if c == "’" and out and not wide:
                at += 1
                continue
            if not (c.isalnum() or mark(c)):
                break
            if not out:
                wide = unspaced(c)
            elif unspaced(c) != wide and not mark(c):
                break
        if len(out.encode()) + 4 <= 96:
            out += c.lower()
        elif wide:
            break
        at += 1
    data = out.encode()
    if any(byte >= 0x61 for byte in data) and any(byte < 0x61 for byte in data):
        out = out.translate(LEET)
    return at, out, wide


def windows(text: str) -> list[list[Word]]:
    """The words of every window."""
    found, at, quoted = [], 0, False
    while at < len(text):
        words: list[Word] = []
        opened = False
        while at < len(text) and len(words) < 64:
            c, behind = text[at], text[at + 1 : at + 2]
            if c.isalnum():
                end, out, wide = take_word(text, at)
                words.append(Word(out, at, end, quoted, opened, wide))
                at, opened = end, False
                continue
            at += 1
            if c in QUOTES:
                quoted, opened = not quoted, True
            elif c == "\n":
                if len(words) >= 16 or (words and behind == "\n"):
                    quoted = False
                    break
            elif c in ".!?。" and len(words) >= 16 and (c == "。" or not behind or behind <= " " or behind == '"'):
                break
        if words:
            found.append(words)
    return found


def joined(words: list[Word], known: Known) -> list[Word]:
    """Three and more single letters as one word."""
    out: list[Word] = []
    k = 0
    while k < len(words):
        until = k
        while until < len(words) and letter(words[until].text) and len(words[until].text) == 1:
            until += 1
        if until - k < 3:
            out.append(words[k])
            k += 1
            continue
        whole = "".join(word.text for word in words[k:until])
        if until - k > 3 and whole[0] in "ia" and not any(entry[0] == whole for entry in known):
            out.append(words[k])
            k += 1
        first = words[k]
        text = "".join(word.text for word in words[k:until])
        out.append(Word(text, first.start, words[until - 1].stop, first.quoted, first.opened, False))
        k = until
    return out


@dataclass
class Window:
    words: list[Word]
    cues: list[tuple[int, int]] = field(default_factory=list)  # kind and word
    hits: list[tuple[int, int, int]] = field(default_factory=list)  # word, and characters of the text

    def near(self, kind: int, begin: int, end: int) -> bool:
        return any(cue == kind and begin <= place <= end for cue, place in self.cues)

    def count(self, kind: int) -> int:
        return sum(cue == kind for cue, _ in self.cues)

    def spoken_of(self) -> bool:
        denounced = self.count(DENOUNCING)
        return denounced > 1 or (denounced == 1 and self.count(SPEECH) > 0) or self.count(REGISTER) > 1

    def excused(self, at: int) -> bool:
        if self.spoken_of() or (self.words[at].quoted and self.count(SPEECH) + self.count(DENOUNCING)):
            return True
        for cue, place in self.cues:
            if cue == NEGATION and at - 6 <= place < at and self.near(SPEECH, place, at):
                return True
        if self.near(YOU, at - 4, at + 4) or self.near(THEY, at - 4, at):
            return False
        if self.count(HATE) + self.count(VIOLENT) + self.count(DEHUMANISING):
            return False
        return self.near(OWN, at - 4, at) or self.near(PRAISE, at - 4, at + 4)

    def target(self) -> bool:
        if self.spoken_of():
            return False
        for cue, at in self.cues:
            negated = self.near(NEGATION, at - 3, at - 1)
            against = cue in (HATE, VIOLENT, DEHUMANISING, DEROGATORY, EXCLUDING)
            if (against and not negated) or (cue == KINDNESS and negated):
                if self.words[at].quoted and self.count(SPEECH):
                    continue
                if self.near(GROUP, at - 16, at + 16) or self.near(SLUR, at - 16, at + 16):
                    return True
        return False


def looked_at(words: list[Word], known: Known) -> Window:
    """The cues and listed words of a window; names of groups and slurs are hidden."""
    window = Window(words)
    k = 0
    while k < len(words):
        word = words[k]
        if word.opened:
            window.cues.append((QUOTE, k))
        size = 1
        if word.unspaced:
            at = 0
            while at < len(word.text):
                ends = [
                    end
                    for end in range(at + 1, len(word.text) + 1)
                    if (entry := known.get((word.text[at:end],))) and entry.listed
                ]
                if ends:
                    window.hits.append((k, word.start + at, word.start + ends[-1]))
                at = ends[-1] if ends else at + 1
        else:
            for count in range(min(5, len(words) - k), 0, -1):
                entry = known.get(tuple(one.text for one in words[k : k + count]))
                if entry and not any(one.unspaced for one in words[k : k + count]):
                    size = count
                    if entry.kind and entry.cue:
                        window.cues.append((entry.kind, k))
                        for one in words[k : k + count]:
                            one.hidden = entry.kind if entry.kind in (GROUP, SLUR) else 0
                    if entry.listed:
                        window.hits.append((k, word.start, words[k + count - 1].stop))
                    break
        k += size
    return window


def mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & WIDE
    value = (value ^ value >> 27) * 0x94D049BB133111EB & WIDE
    return value ^ value >> 31


def word_hash(word: Word) -> int:
    if word.hidden:
        return word.hidden
    state = 14695981039346656037
    for byte in word.data:
        state = (state ^ byte) * 1099511628211 & WIDE
    return mixed(state)


def slot(value: int, seed: int, bits: int) -> int:
    return ((value ^ seed) * GOLDEN & WIDE) >> (64 - bits)


def features(window: Window) -> tuple[list[int], list[int], list[int]]:
    """The slots of the three groups of features."""
    data = b" " + b"".join(word.data + b" " for word in window.words)
    pieces = [
        slot(int.from_bytes(data[at : at + width], "little"), width << 60 & WIDE, 20)
        for at in range(len(data))
        for width in (3, 4, 5)
        if at + width <= len(data)
    ]
    hashes = [word_hash(word) for word in window.words]
    words = [(1 << 20) + slot(value, 0xA24BAED4963EE407, 19) for value in hashes]
    pairs = itertools.pairwise(hashes)
    words += [(1 << 20) + slot((b * GOLDEN + a) & WIDE, 0x9FB21C651E98DF25, 19) for a, b in pairs]
    cues = []
    kinds = [kind for kind, _ in window.cues]
    for k in range(len(kinds)):
        for size in range(1, min(4, k + 1) + 1):
            state = 0
            for back in range(size):
                state = state << 8 | kinds[k - back]
            cues.append((3 << 19) + slot(state * GOLDEN & WIDE, 0xD6E8FEB86659FD93, 19))
        skipped = [kinds[k] << 8 | kinds[k - back] for back in range(2, min(7, k + 1))]
        cues += [(3 << 19) + slot(pair * GOLDEN & WIDE, 0x8CB92BA72F3D8DD7, 19) for pair in skipped]
    return pieces, words, cues


def score(window: Window, weights: Sequence[int], scales: list[float], bias: float) -> float:
    total = bias
    for group, scale in zip(features(window), scales, strict=True):
        if group:
            total += sum(int(weights[one]) for one in group) * scale / math.sqrt(len(group))
    return 1 / (1 + math.exp(-total))


def size(words: list[Word]) -> int:
    return sum((len(word.text) + 1) // 2 if word.unspaced else 1 for word in words)
