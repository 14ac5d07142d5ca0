"""Pages whose main text is known, as what a model of main content is trained on and measured by."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.clean._encoding import decode
from gristmill.clean._page_arrays import PageArrays, read_arrays
from gristmill.errors import InputError
from gristmill.text.word_alignment import aligned

MOST_WORDS, MOST_REFERENCE = 60_000, 12_000  # of a page, of its main text: what the alignment is worth its memory for
RUN = 5
"""Words in a row that count as found wherever they stand in the main text."""

_WORD = re.compile(r"\w+")

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page, its blocks with the share of their words that are main content, and the words of that content."""

    name: str
    kind: str
    domain: str
    arrays: PageArrays
    counts: npt.NDArray[np.int64]
    shares: Shares
    reference: Counter[str]
    texts: tuple[tuple[str, ...], ...]

    def measured(self, chosen: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
        """Precision, recall and F1 of the words of the chosen blocks."""
        found: Counter[str] = Counter()
        for block in np.flatnonzero(chosen):
            found.update(self.texts[block])
        return word_f1(found, self.reference)


def words_of(text: str) -> list[str]:
    """The words of a text as the measure counts them."""
    return _WORD.findall(text.lower())


def word_f1(found: Counter[str], reference: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a bag of words; all 1 where nothing was to be found and nothing was."""
    taken, wanted = found.total(), reference.total()
    if not wanted or not taken:
        value = float(wanted == taken)
        return value, value, value
    shared = (found & reference).total()
    return shared / taken, shared / wanted, 2 * shared / (taken + wanted)


def content_shares(blocks: list[list[str]], reference: list[str]) -> Shares:
    """Of each block the share of its words that an alignment with the main text matches.

    A block of some length that the main text has elsewhere, out of order, gets the share of its runs of words.
    """
    numbers: dict[str, int] = {}
    wanted = np.array([numbers.setdefault(word, len(numbers)) for word in reference[:MOST_REFERENCE]], np.int32)
    flat = [word for block in blocks for word in block]
    found = np.array([numbers.get(word, -1) for word in flat[:MOST_WORDS]], np.int32)
    hits = np.zeros(len(flat) + 1)
    hits[1 : len(found) + 1] = aligned(found, wanted)
    sums = np.cumsum(hits)
    lengths = np.array([len(block) for block in blocks], np.int64)
    ends = np.cumsum(lengths)
    shares: Shares = (sums[ends] - sums[ends - lengths]) / np.maximum(lengths, 1)
    runs = {tuple(reference[k : k + RUN]) for k in range(len(reference) - RUN + 1)}
    for number, block in enumerate(blocks):
        if len(block) >= 8 and shares[number] < 0.9:
            own = [tuple(block[k : k + RUN]) in runs for k in range(len(block) - RUN + 1)]
            share = sum(own) / len(own)
            shares[number] = max(share, shares[number]) if share > 0.6 else shares[number]
    return shares


def domain_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def labelled_page(name: str, payload: bytes, url: str, kind: str, content: str) -> LabelledPage:
    """A page with the shares of its blocks."""
    arrays = read_arrays(decode(payload).encode())
    texts = [words_of(text) for text in arrays.texts()]
    reference = words_of(content)
    counts = np.array([len(text) for text in texts], np.int64)
    shares = content_shares(texts, reference)
    return LabelledPage(
        name, kind, domain_of(url) or name, arrays, counts, shares, Counter(reference), tuple(map(tuple, texts))
    )


def page_files(folder: Path) -> list[tuple[Path, Path]]:
    """The pages of a folder with the files that tell their main text, by name."""
    pages = sorted((folder / "html").glob("*.html*"))
    pairs = [(page, folder / "ground-truth" / f"{page.name.split('.')[0]}.json") for page in pages]
    missing = [truth for _, truth in pairs if not truth.is_file()]
    if not pages:
        raise InputError(str(folder), "has no html/*.html or html/*.html.gz to train on")
    if missing:
        raise InputError(str(missing[0]), "is not there: each page needs the file that tells its main text")
    return pairs


def read_labelled(page: Path, truth: Path) -> LabelledPage:
    """A page of a folder, with what its file says of it."""
    try:
        payload = page.read_bytes()
        if page.suffix == ".gz":
            payload = gzip.decompress(payload)
        told: dict[str, Any] = orjson.loads(truth.read_bytes())
        content = (told.get("ground_truth") or {}).get("main_content") or ""
        kind = ((told.get("_internal") or {}).get("page_type") or {}).get("primary") or "page"
    except (OSError, EOFError, ValueError, AttributeError) as error:
        raise InputError(str(truth), f"or its page cannot be read: {error}") from error
    return labelled_page(page.name.split(".")[0], payload, told.get("url") or "", kind, content)
