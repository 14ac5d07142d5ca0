"""Steps that compute by lists of the user's own: files that options name, read when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr

from gristmill.contracts.list_files import Found, ListFile, digests
from gristmill.contracts.step import RowStep
from gristmill.errors import InputError


class ListStep(RowStep):
    """A step by lists, whose digests are part of what it computes.

    Workers are told of the files as they were found, and refuse others than the build began with.
    """

    _root: Path = PrivateAttr(default_factory=Path)
    _found: Mapping[str, Found] | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    @abstractmethod
    def found_below(self, root: Path) -> Mapping[str, Found]:
        """The files that each option names, paths beginning at the recipe's folder."""

    @abstractmethod
    def read_lists(self, option: str, files: tuple[ListFile, ...]) -> object:
        """What the files of an option say; InputError where they cannot be read so."""

    def lists_of(self, option: str) -> tuple[ListFile, ...]:
        """The files of an option, as they were when first looked for."""
        return (self._found or self._look())[option].files

    def faults(self) -> Mapping[str, str]:
        wrong: dict[str, str] = {}
        for option, found in self._look().items():
            try:
                self.read_lists(option, found.files)
            except InputError as error:
                wrong[option] = str(error)
            if found.faults:
                wrong[option] = "; ".join(found.faults)
        return wrong

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and the digest of every file; null where it cannot be read."""
        files = (file for found in self._look().values() for file in found.files)
        return {**super().computing_settings(), "files": digests(files)}

    def _look(self) -> Mapping[str, Found]:
        self._found = self.found_below(self._root)
        return self._found
