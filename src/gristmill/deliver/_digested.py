"""A file whose digest is known when it is closed: nobody has to read it again for that."""

from __future__ import annotations

import hashlib
from pathlib import Path


class DigestedFile:
    """A new file, written from front to back, and the SHA-256 of what was written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    def write(self, data: bytes | memoryview) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._digest.hexdigest()
