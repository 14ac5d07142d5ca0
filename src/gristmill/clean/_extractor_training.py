"""Trains the model of main content on pages whose content is known, and measures it on pages of other sites."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.clean._extractor_model import ExtractorModel, first_features, second_features
from gristmill.clean._extractor_pages import LabelledPage
from gristmill.clean._extractor_tables import Tables, counts_of, empty_tables, tables_of
from gristmill.clean._main_content import FAVOR, chosen
from gristmill.contracts.calibration import tenths
from gristmill.errors import InputError, MissingExtra
from gristmill.text.boosted_trees import Features, Trees, probabilities, splits_of

FOLDS = 5
FEWEST_PAGES = 50

_SOUND = 0.3
"""A page is not trained on where even its best blocks reach no such F1: its content is not in its markup."""

_DEEPEST = 7
"""Of a tree: each row takes as many steps as the farthest leaf is away."""

_LEAST_CONTENT, _MOST_WEIGHT = 50, 4.0  # words that a page's weight is shared among; its weight, to 1 / its content

Shares = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train: trees of the two stages, their leaves, the rate of learning, and the seed.

    `dropout` is the share of pages that are trained on as if no token or word were known: sites unlike all others.
    """

    trees: int = 160
    second_trees: int = 100
    leaves: int = 31
    rate: float = 0.1
    dropout: float = 0.1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Trained:
    """A model of all pages, and the figures of models that each saw four fifths of the sites and not the fifth."""

    model: ExtractorModel
    figures: list[dict[str, Any]]
    calibration: list[dict[str, float]]
    shares: Shares  # of each block of each page, by models that have not seen its site


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of all pages, one behind the other."""

    page: Numbers
    share: Shares
    weight: Shares
    fold: Numbers
    usable: npt.NDArray[np.bool_]

    def of(self, page: int) -> slice:
        return slice(*np.searchsorted(self.page, (page, page + 1)))


def fold_of(domain: str, seed: int) -> int:
    """All pages of a site are of one fold."""
    return zlib.crc32(f"{seed} {domain}".encode()) % FOLDS


def fit(pages: Sequence[LabelledPage], settings: Settings) -> Trained:
    """A model and its figures; InputError where there are too few pages, MissingExtra without LightGBM."""
    usable = np.array([page.reference.total() > 0 and page.measured(page.shares >= 0.5)[2] >= _SOUND for page in pages])
    if usable.sum() < FEWEST_PAGES:
        raise InputError("the pages", f"with content are {usable.sum()}, and at least {FEWEST_PAGES} are needed")
    folds = np.array([fold_of(page.domain, settings.seed) for page in pages])
    blocks = _blocks(pages, folds, usable)
    held = [
        [page for page, own, sound in zip(pages, folds, usable, strict=True) if sound and own == k]
        for k in range(FOLDS)
    ]
    counts = [counts_of(one) for one in held]
    everything = sum(counts[1:], start=counts[0])
    tables = [tables_of(everything - own) for own in counts]
    dropped = np.random.default_rng(settings.seed).random(len(pages)) < settings.dropout
    seen, unseen = _first(pages, folds, tables, np.zeros_like(dropped)), _first(pages, folds, tables, dropped)
    first = _held_out(seen, unseen, blocks, settings, settings.trees)
    again = np.concatenate(
        [second_features(page.arrays, seen[blocks.of(k)], first[blocks.of(k)]) for k, page in enumerate(pages)]
    )
    second = _held_out(again, again, blocks, settings, settings.second_trees)
    model = ExtractorModel(
        tables_of(everything),
        _trees(unseen[blocks.usable], blocks, blocks.usable, settings, settings.trees),
        _trees(again[blocks.usable], blocks, blocks.usable, settings, settings.second_trees),
    )
    shares = (first + second) / 2
    words = np.concatenate([page.counts for page in pages]).astype(np.float64)
    return Trained(model, _figures(pages, blocks, shares), reliability(shares, blocks.share, words), shares)


def _blocks(pages: Sequence[LabelledPage], folds: Numbers, usable: npt.NDArray[np.bool_]) -> _Blocks:
    """Each page weighs nearly the same, and each block by its words, as in the mean F1 of pages."""
    page = np.repeat(np.arange(len(pages)), [len(one.shares) for one in pages])
    words = np.concatenate([one.counts for one in pages]).astype(np.float64)
    content = np.array([max(one.reference.total(), _LEAST_CONTENT) for one in pages], np.float64)
    weight = np.minimum((words + 2) / content[page], 1.0)
    whole = np.bincount(page, weight, len(pages))
    weight *= np.minimum(1.0, _MOST_WEIGHT / np.maximum(whole, 1e-9))[page]
    return _Blocks(page, np.concatenate([one.shares for one in pages]), weight, folds[page], usable[page])


def _first(
    pages: Sequence[LabelledPage], folds: Numbers, tables: Sequence[Tables], dropped: npt.NDArray[np.bool_]
) -> Features:
    """The first features of all blocks, by tables that have not seen the page's fold."""
    none = empty_tables()
    return np.concatenate(
        [
            first_features(page.arrays, none if without else tables[fold])
            for page, fold, without in zip(pages, folds, dropped, strict=True)
        ]
    )


def _held_out(seen: Features, trained: Features, blocks: _Blocks, settings: Settings, count: int) -> Shares:
    """The scores of each block by trees that have seen none of its fold. They are made of `trained`."""
    shares = np.empty(len(seen))
    for fold in range(FOLDS):
        rows = blocks.usable & (blocks.fold != fold)
        trees = _trees(trained[rows], blocks, rows, settings, count)
        shares[blocks.fold == fold] = probabilities(seen[blocks.fold == fold], splits_of(trees))
    return shares


def _trees(features: Features, blocks: _Blocks, rows: npt.NDArray[np.bool_], settings: Settings, count: int) -> Trees:
    try:
        lightgbm = import_module("lightgbm")
    except ImportError as error:
        raise MissingExtra("train-extractor", "lightgbm", "train-extractor") from error
    options = {
        "objective": "cross_entropy",
        "learning_rate": settings.rate,
        "num_leaves": settings.leaves,
        "max_depth": _DEEPEST,
        "num_threads": 1,  # so that the sums of floats are the same on every machine
        "min_data_in_leaf": 40,
        "min_sum_hessian_in_leaf": 1.0,
        "feature_fraction": 0.3,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 2.0,
        "max_bin": 63,
        "deterministic": True,
        "force_row_wise": True,
        "seed": settings.seed,
        "verbose": -1,
    }
    data = lightgbm.Dataset(features, blocks.share[rows], weight=blocks.weight[rows])
    return flattened(lightgbm.train(options, data, count).dump_model()["tree_info"])


def flattened(trees: Sequence[dict[str, Any]]) -> Trees:
    """The trees of LightGBM's dump as flat arrays, the two nodes below another side by side behind it."""
    roots: list[int] = []
    depths: list[int] = []
    columns: list[int] = []
    thresholds: list[float] = []
    nexts: list[int] = []
    values: list[float] = []

    def room() -> int:
        columns.append(0)
        thresholds.append(np.inf)
        nexts.append(len(nexts))
        values.append(0.0)
        return len(nexts) - 1

    for tree in trees:
        place, depth = room(), 0
        roots.append(place)
        level = [(tree["tree_structure"], place)]
        while level:
            below: list[tuple[dict[str, Any], int]] = []
            for node, place in level:
                if "leaf_value" in node:
                    values[place] = node["leaf_value"]
                    continue
                columns[place], thresholds[place] = node["split_feature"], node["threshold"]
                nexts[place] = room()
                below += [(node["left_child"], nexts[place]), (node["right_child"], room())]
            depth += bool(below)
            level = below
        depths.append(depth)
    return Trees(
        np.array(roots, np.uint32),
        np.array(depths, np.uint8),
        np.array(columns, np.uint16),
        np.array(thresholds, np.float32),
        np.array(nexts, np.uint32),
        np.array(values, np.float32),
    )


def _figures(pages: Sequence[LabelledPage], blocks: _Blocks, shares: Shares) -> list[dict[str, Any]]:
    """Precision, recall and F1 by what is favoured, over all pages and by kind of page."""
    rows: list[dict[str, Any]] = []
    for favor in FAVOR:
        own = [page.measured(_mask(page, shares[blocks.of(k)], favor)) for k, page in enumerate(pages)]
        rows += _by_kind(favor, pages, np.array(own))
    rows += _by_kind("every visible word", pages, np.array([page.measured(page.shares >= 0) for page in pages]))
    best = np.array([page.measured(page.shares >= 0.5) for page in pages])
    return rows + _by_kind("best blocks", pages, best)


def reliability(said: Shares, true: Shares, words: Shares) -> list[dict[str, float]]:
    """By tenths of the expected share: its mean, the share of content that was found, and the share of all words."""
    found = tenths(said, true, words)
    rows = np.stack((found.said, found.true, found.weight / max(words.sum(), 1)), axis=1).round(4).tolist()
    return [dict(zip(("expected", "content", "words"), row, strict=True)) for row in rows]


def calibration_error(rows: Sequence[Mapping[str, float]]) -> float:
    """The mean distance of what is expected and what is found, over all words."""
    return sum(abs(row["expected"] - row["content"]) * row["words"] for row in rows)


def _mask(page: LabelledPage, shares: Shares, favor: str) -> npt.NDArray[np.bool_]:
    mask = np.zeros(len(shares), np.bool_)
    mask[chosen(page.arrays, shares, favor)] = True
    return mask


def _f_measure(measured: Shares, beta: float) -> Shares:
    """Of each page by its precision and recall."""
    precision, recall = measured[:, 0], measured[:, 1]
    value: Shares = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-9)
    return value


def _by_kind(system: str, pages: Sequence[LabelledPage], measured: Shares) -> list[dict[str, Any]]:
    kinds = np.array([page.kind for page in pages])
    groups = [("all", np.ones(len(pages), np.bool_)), *((str(kind), kinds == kind) for kind in sorted(set(kinds)))]
    names = ("precision", "recall", "f1", "f0.5", "f2")
    measured = np.column_stack((measured, *(_f_measure(measured, beta) for beta in (0.5, 2.0))))
    return [
        {"system": system, "pages": kind, "count": int(own.sum())}
        | dict(zip(names, measured[own].mean(0).round(4).tolist(), strict=True))
        for kind, own in groups
    ]
