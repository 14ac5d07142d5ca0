"""What a tagger's scores are worth: by kind, the line that makes them the chance that a find is right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.contracts.calibration import calibrated, calibration_of, reliability
from gristmill.contracts.list_files import ListFile, contents, digest
from gristmill.errors import InputError
from gristmill.protect._tagging import Tagged, Tagger

SUFFIX = ".calibration.json"
"""Behind the name of a model: the file beside it that holds its calibration."""
FOLDS = 5
FEWEST = 50
"""Finds of a kind that a line is fitted on at least."""

_FORMAT = 1
_LEAST = 1e-6  # and as far from 1: the log odds of 0 and 1 have no end
_DIGITS = 6

Line = tuple[float, float]
"""Slope and shift of the log odds of a score."""
Shares = npt.NDArray[np.float64]


class Find(NamedTuple):
    """Of a labelled text: what it is known by, what is not to be parted from it, the find, and whether it is right."""

    text: bytes
    group: bytes
    kind: str
    start: int
    score: float
    right: bool


class CalibratedTagger:
    """A tagger whose scores are chances of being right, for the kinds that lines are known of."""

    def __init__(self, tagger: Tagger, lines: Mapping[str, Line]) -> None:
        self._tagger, self._lines = tagger, lines

    def __call__(self, texts: Sequence[str]) -> list[list[Tagged]]:
        return [[self._calibrated(one) for one in found] for found in self._tagger(texts)]

    def _calibrated(self, one: Tagged) -> Tagged:
        line = self._lines.get(one.kind)
        return one if line is None else one._replace(score=float(_chances(np.array([one.score]), line)[0]))


def digest_of(model: Iterable[ListFile]) -> str:
    """Of all the files of a tagger, whatever they are called."""
    return hashlib.sha256("".join(digest(file) for file in model).encode()).hexdigest()


def dump(model: str, lines: Mapping[str, Line], card: Mapping[str, Any]) -> bytes:
    """The file of a calibration; `model` is the digest of what it is for."""
    whole = {"format": _FORMAT, "model": model, "lines": lines, "card": card}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def load(file: ListFile, model: str) -> dict[str, Line]:
    """The lines by kind; InputError where the file is garbled or for another model."""
    try:
        whole = orjson.loads(contents(file))
        lines = {str(kind): (float(slope), float(shift)) for kind, (slope, shift) in whole["lines"].items()}
        sound = whole["format"] == _FORMAT and all(np.isfinite(line).all() and line[0] >= 0 for line in lines.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise InputError(file.name, "is no calibration of a tagger: gristmill calibrate-tagger makes one")
    if whole["model"] != model:
        raise InputError(file.name, "is the calibration of other files than the tagger's: make it again, or remove it")
    return lines


def fit(finds: Iterable[Find], labels: Mapping[str, int], seed: int) -> tuple[dict[str, Line], dict[str, Any]]:
    """Lines by kind, and what each is worth by folds that it was not fitted on.

    Of a kind that has no labels nothing is known; it gets no line, nor does one that was found too seldom.
    """
    ordered = sorted(finds)
    lines: dict[str, Line] = {}
    figures: dict[str, Any] = {}
    for kind in sorted(kind for kind, count in labels.items() if count):
        own = [one for one in ordered if one.kind == kind]
        figures[kind] = {"labels": labels[kind], "finds": len(own), "right": sum(one.right for one in own)}
        if len(own) < FEWEST:
            continue
        scores = np.array([one.score for one in own])
        right = np.array([one.right for one in own], np.int64)
        lines[kind] = _line(scores, right)
        held = _held_out(scores, right, np.array([_fold(one.group, seed) for one in own]))
        (before, error), (after, rest) = reliability(scores, right), reliability(held, right)
        figures[kind] |= {"calibration error before": error, "calibration error after": rest}
        figures[kind] |= {"reliability before": before, "reliability after": after}
    return lines, figures


def _held_out(scores: Shares, right: npt.NDArray[np.int64], fold: npt.NDArray[np.int64]) -> Shares:
    """Chances by the lines of all the other folds."""
    held = scores.copy()
    for number in range(FOLDS):
        out = fold == number
        if out.any() and not out.all():
            held[out] = _chances(scores[out], _line(scores[~out], right[~out]))
    return held


def _line(scores: Shares, right: npt.NDArray[np.int64]) -> Line:
    slope, shift = calibration_of(_log_odds(scores), right)
    return round(slope, _DIGITS), round(shift, _DIGITS)


def _chances(scores: Shares, line: Line) -> Shares:
    return calibrated(_log_odds(scores), *line)[:, 1]


def _log_odds(scores: Shares) -> Shares:
    some = np.clip(scores, _LEAST, 1 - _LEAST)
    odds: Shares = np.log(some / (1 - some))[:, None]
    return odds


def _fold(group: bytes, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(b"%d " % seed + group).digest()[:8], "big") % FOLDS
