"""Formats of fine-tuning data: pure functions between rows as they are found and canonical records.

`detect` names the format of a sample of rows, `read_any` reads one row of a mixed file, and `NAMED` has each format
by its name. What no format fits is described by a mapping (`mapping.py`).
"""

from .detection import FORMATS, NAMED, Considered, Detection, detect, format_of, read_any
from .format import Evidence, Format, Reading, UnreadableRowError, UnwritableRecordError, Written
from .mapping import mapping_format

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
