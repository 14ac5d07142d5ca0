"""What readers of files share: the keys that say which files, and the files that they mean."""

from __future__ import annotations

from pydantic import Field

from gristmill.collect._files import members
from gristmill.contracts.reader import Member, Reader


class FilesReader(Reader):
    """An input that lies in files: local ones, or behind urls that fsspec opens."""

    chooses = frozenset({"paths"})

    paths: tuple[str, ...] = Field(
        description="Files, folders, globs or fsspec urls; a relative one is beside the recipe."
    )

    @property
    def reads(self) -> tuple[str, ...]:
        return self.paths

    def files_of(self, root: str) -> list[Member]:
        """Every file that the input means, sorted by source. InputError where a path means none."""
        return members(self.paths, root, self.suffixes)
