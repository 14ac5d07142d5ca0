"""Steps that compute by files on this machine, a model and what belongs to it. Nothing is downloaded."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Self

from pydantic import PrivateAttr

from gristmill.contracts.list_files import ListFile, digests, find_lists
from gristmill.contracts.step import RowStep
from gristmill.errors import InputError


class ModelStep(RowStep):
    """A step by some files, whose digests are part of what it computes.

    Workers are told of the files as they were found, and refuse others than the build began with.
    """

    _root: Path = PrivateAttr(default_factory=Path)
    _found: tuple[ListFile, ...] | None = PrivateAttr(default=None)

    def at(self, root: Path) -> Self:
        located = self.model_copy()
        located._root, located._found = root, None
        return located

    @abstractmethod
    def spelled_files(self) -> tuple[str, ...]:
        """The files as the settings spell them, relative to the recipe; none where they name no model."""

    def model_files(self) -> tuple[ListFile, ...]:
        """The files as they are when first asked for; InputError where one is not there."""
        if self._found is None:
            found = find_lists(self._root, self.spelled_files(), None, None)
            if found.faults:
                raise InputError(*found.faults[0].split(": ", 1))
            self._found = found.files
        return self._found

    def computing_settings(self) -> dict[str, Any]:
        """The settings, and the digests of the files; none where one cannot be read."""
        try:
            files = self.model_files()
        except InputError:
            files = ()
        return {**super().computing_settings(), "files": digests(files)}
