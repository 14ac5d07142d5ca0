"""Names of users by their numbers, on disk: a site can have more users than fit in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np


class UserNames:
    """Names that come in rising order of their numbers, in a temporary folder; one out of order is passed over."""

    def __init__(self, users: Iterable[tuple[int, str]]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gristmill-")
        folder = Path(self._folder.name)
        last, end = -1, 0
        with (folder / "keys").open("wb") as keys, (folder / "names").open("wb") as names:
            for number, name in users:
                if number <= last or number >= 1 << 62:
                    continue
                data = name.encode("utf-8", "replace")[:200]
                end += len(data)
                keys.write(np.array([number, end], np.int64).tobytes())
                names.write(data)
                last = number
        self._keys = (
            np.memmap(folder / "keys", np.int64, "r").reshape(-1, 2) if last >= 0 else np.empty((0, 2), np.int64)
        )
        self._names = np.memmap(folder / "names", np.uint8, "r") if end else np.empty(0, np.uint8)

    def name(self, number: int) -> str:
        """The name of a user, empty where it is not known."""
        at = int(np.searchsorted(self._keys[:, 0], number))
        if at == len(self._keys) or self._keys[at, 0] != number:
            return ""
        start = int(self._keys[at - 1, 1]) if at else 0
        return self._names[start : int(self._keys[at, 1])].tobytes().decode("utf-8", "ignore")

    def close(self) -> None:
        del self._keys, self._names
        self._folder.cleanup()
