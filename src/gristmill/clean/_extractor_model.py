"""The model of main content: tables of tokens and words, and two stages of boosted trees over features of blocks."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.clean._extractor_tables import Tables
from gristmill.clean._main_content import falling
from gristmill.clean._page_arrays import PageArrays
from gristmill.contracts.list_files import ListFile, contents
from gristmill.errors import InputError
from gristmill.text import context_features as context
from gristmill.text import page_features as page
from gristmill.text.boosted_trees import Features, Splits, Trees, probabilities, splits_of
from gristmill.text.html_attributes import TOKEN_HASHES
from gristmill.text.html_text import WORD_HASHES
from gristmill.text.page_sums import PHRASE_HASHES

FORMAT = 2

NAME = "main_content.npz"
"""Of the file in the folder that `gristmill train-extractor` makes."""

AGAIN = (
    "words", "link_share", "word_length", "tag", "inner_tag", "parent_tag", "depth", "text_mean", "text_sum",
    "token_own", "token_sum", "token_min", "token_max", "token_decayed", "container_0_words", "container_0_links",
    "container_0_share", "container_1_words", "container_1_links", "container_1_share", "page_words", "page_blocks",
    "page_links", "page_paragraphs", "page_prose", "page_articles", "place", "words_before", "from_h1",
    "words_from_h1", "cluster_blocks", "cluster_share", "cluster_block_words", "cluster_links", "cluster_text",
    "parent_count", "grandparent_count", "copies", "in_title", "heading_text", "words_from_heading", "heading_level",
)  # fmt: skip
"""Features of the first stage that the second sees again, beside those by the first scores."""

_COLUMNS = np.array([page.NAMES.index(name) for name in AGAIN])
_SHIPPED = Path(__file__).with_name(NAME)
_MOST_BYTES = 16 << 20
_MOST_NODES = 1 << 20

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ExtractorModel:
    """Gives each block of a page the expected share of its words that are main content."""

    tables: Tables
    first: Trees
    second: Trees

    def shares(self, arrays: PageArrays) -> Shares:
        """The mean of what the two stages say."""
        first, second = self.splits
        features = first_features(arrays, self.tables)
        shares = probabilities(features, first)
        return (shares + probabilities(second_features(arrays, features, shares), second)) / 2

    @cached_property
    def splits(self) -> tuple[Splits, Splits]:
        """The trees of both stages as they are asked; ValueError where one is too deep."""
        return splits_of(self.first), splits_of(self.second)

    def dump(self) -> bytes:
        """The bytes of its file; the same model gives the same ones."""
        file = io.BytesIO()
        arrays: dict[str, npt.NDArray[Any]] = {"format": np.array([FORMAT])} | self.tables._asdict()
        for stage, trees in (("first", self.first), ("second", self.second)):
            arrays |= {f"{stage}_{name}": array for name, array in trees._asdict().items()}
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()


def first_features(arrays: PageArrays, tables: Tables) -> Features:
    """What the first stage sees of each block."""
    return page.features(
        arrays.elements,
        arrays.paths,
        arrays.blocks,
        arrays.tokens,
        arrays.words,
        arrays.title,
        *tables,
    )


def second_features(arrays: PageArrays, features: Features, shares: Shares) -> Features:
    """What the second stage sees of each block: the first scores around it, and some features again."""
    around = context.context_features(arrays.blocks, arrays.elements, arrays.paths, shares, falling(shares))
    return np.concatenate((around, features[:, _COLUMNS]), axis=1)


def load(data: bytes) -> ExtractorModel:
    """A model out of the bytes of its file; ValueError, half a sentence, where they are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it unpacks to more than a model of main content has")
        arrays = np.load(io.BytesIO(data), allow_pickle=False)
        if arrays["format"].tolist() != [FORMAT]:
            raise ValueError(f"it has format {arrays['format'].tolist()}, and {FORMAT} is read here")
        tables = Tables(*(arrays[name] for name in Tables._fields))
        first, second = (Trees(*(arrays[f"{stage}_{name}"] for name in Trees._fields)) for stage in ("first", "second"))
    except (KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise ValueError("it is no model of main content") from error
    _check(tables, ((first, len(page.NAMES)), (second, len(context.NAMES) + len(AGAIN))))
    model = ExtractorModel(tables, first, second)
    model.splits  # noqa: B018  a tree that is too deep is refused now
    return model


def _check(tables: Tables, stages: tuple[tuple[Trees, int], ...]) -> None:
    """ValueError where a kernel would read beyond an array."""
    sizes = (TOKEN_HASHES, WORD_HASHES, PHRASE_HASHES)
    if any(table.shape != (size,) for table, size in zip(tables, sizes, strict=True)):
        raise ValueError("its tables have another size")
    if any(table.dtype != np.int8 for table in tables):
        raise ValueError("its tables hold other numbers")
    kinds: tuple[type, ...] = (np.uint32, np.uint8, np.uint16, np.float32, np.uint32, np.float32)
    for trees, columns in stages:
        arrays: list[npt.NDArray[np.generic]] = list(trees)
        if any(array.dtype != kind or array.ndim != 1 for array, kind in zip(arrays, kinds, strict=True)):
            raise ValueError("its trees hold other numbers")
        if not _whole(trees, columns):
            raise ValueError("its trees are not whole")


def _whole(trees: Trees, columns: int) -> bool:
    nodes = len(trees.columns)
    if nodes > _MOST_NODES or any(len(array) != nodes for array in (trees.thresholds, trees.nexts, trees.values)):
        return False
    inner = np.flatnonzero(trees.nexts != np.arange(nodes))
    nexts = trees.nexts[inner].astype(np.int64)
    reached = np.sort(np.concatenate((trees.roots.astype(np.int64), nexts, nexts + 1)))
    apart = np.array_equal(reached, np.arange(nodes))  # each is a root, or below one other
    known = len(trees.depths) == len(trees.roots) and (trees.columns < columns).all()
    return bool(apart and known and np.isfinite(trees.values).all())


@lru_cache(maxsize=1)
def shipped() -> ExtractorModel:
    """The model that comes with the package."""
    return load(_SHIPPED.read_bytes())


@lru_cache(maxsize=2)
def read(file: ListFile) -> ExtractorModel:
    """The model in a file, read once a process; InputError where it is none, or not what it was when looked up."""
    try:
        return load(contents(file))
    except ValueError as error:
        raise InputError(file.name, f"is no model that extract can use: {error}") from error
