"""Names of files that are being written, on storage that processes of many machines see."""

from __future__ import annotations

import os
from pathlib import Path


def unfinished(path: Path) -> Path:
    """A name beside the file's own that no other process uses, on this machine or another; ends in `.tmp`.

    Two machines may write the same file where one was taken for dead that was only out of reach.
    """
    return path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.tmp")
