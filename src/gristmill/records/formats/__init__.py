"""Formats of fine-tuning data: pure functions between rows as they are found and canonical records.

`detect` names the format of a sample of rows, `read_any` reads one row of a mixed file, and `NAMED` has each format
by its name. What no format fits is described by a mapping (`mapping.py`).
"""

from gristmill.records.formats.detection import FORMATS, NAMED, Considered, Detection, detect, format_of, read_any
from gristmill.records.formats.format import (
    Evidence,
    Format,
    Reading,
    UnreadableRowError,
    UnwritableRecordError,
    Written,
)
from gristmill.records.formats.mapping import mapping_format

__all__ = [
    "FORMATS",
    "NAMED",
    "Considered",
    "Detection",
    "Evidence",
    "Format",
    "Reading",
    "UnreadableRowError",
    "UnwritableRecordError",
    "Written",
    "detect",
    "format_of",
    "mapping_format",
    "read_any",
]
