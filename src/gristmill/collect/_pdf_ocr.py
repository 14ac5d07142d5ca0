"""Pages without text, read by RapidOCR with the models that its package brings."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.collect._pdf_lines import Line, page_lines
from gristmill.collect._pdf_words import Word
from gristmill.errors import InputError, MissingExtra

RAPIDOCR = "rapidocr"

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
_OF_BOX = 0.75  # size of letters in the height of the box around them


def lines_of_image(image: npt.NDArray[np.uint8], height: float) -> list[Line]:
    """What stands on an image of a page, in reading order. `height` is that of the page in points."""
    found = _engine()(image)
    if found.boxes is None or not found.txts:
        return []
    scale = height / image.shape[0]
    corners = np.asarray(found.boxes, dtype=np.float64) * scale
    low, high = corners.min(axis=1), corners.max(axis=1)
    heights = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1) * _OF_BOX
    usual = median(heights.tolist())
    words = []
    for text, (left, top), (right, bottom), size in zip(found.txts, low, high, heights, strict=True):
        # The boxes of lines without a long letter are lower: near the usual size, they are of it.
        points = float(usual if 0.75 * usual < size < 1.33 * usual else size)
        middle = float(top + bottom) / 2
        place = (float(left), middle - 0.6 * points, float(right), middle + 0.6 * points)
        words.append(Word(str(text), *place, points, bold=False, mono=False, ends_line=True))
    return page_lines(words)


@cache
def _engine() -> Any:
    """One for a process, on one thread: workers share the cores. Raises MissingExtra, or InputError without models."""
    try:
        package = import_module(RAPIDOCR)
    except ImportError as error:
        raise MissingExtra("ocr: rapidocr of the input pdf", RAPIDOCR, "ocr") from error
    folder = files(RAPIDOCR) / "models"
    for name in _MODELS.values():
        if not (folder / name).is_file():  # it would be fetched from the network
            raise InputError(RAPIDOCR, f"the installed package does not bring the model {name}; install rapidocr 3.10")
    quiet = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    return package.RapidOCR(params={**quiet, **{f"{part}.model_path": str(folder / _MODELS[part]) for part in _MODELS}})


def need_rapidocr() -> None:
    """Raises where it cannot be used."""
    _engine()
