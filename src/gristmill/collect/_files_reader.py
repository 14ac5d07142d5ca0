"""What readers of files share: the keys that say which files, and the files that they mean."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from gristmill.collect._files import is_local, members, opened, told
from gristmill.collect._local import local_member
from gristmill.collect._path_lists import Listed, listed
from gristmill.collect._remote import remote_member
from gristmill.contracts.reader import Member, Reader, Unit


class FilesReader(Reader):
    """An input that lies in files: local ones, or behind urls."""

    chooses = frozenset({"paths", "paths_file", "paths_prefix"})

    paths: tuple[str, ...] = Field((), description="Files, folders, globs or urls; relative to the recipe.")
    paths_file: str | None = Field(
        None,
        min_length=1,
        description="A list of files, a path or url a line, with or without checksums; itself a path or url.",
    )
    paths_prefix: str | None = Field(
        None,
        min_length=1,
        description="What comes before relative entries of the list; its folder unless given.",
    )

    @property
    def reads(self) -> tuple[str, ...]:
        return (*self.paths, *((self.paths_file,) if self.paths_file else ()))

    def units(self, root: str) -> list[Unit]:
        return self.units_of(self.files_of(root))

    def units_of(self, files: Sequence[Member]) -> list[Unit]:
        """The units of files, which are sorted by source: one of each, unless a reader cuts or groups them."""
        return [Unit((member,)) for member in files]

    def files_of(self, root: str) -> list[Member]:
        """Every file that the input means, sorted by source. InputError where a path means none."""
        return members(self.paths, root, self.suffixes, self.entries(root))

    def entries(self, root: str) -> list[Listed]:
        """What the list of files names; nothing where there is no list."""
        if not self.paths_file:
            return []
        local = is_local(self.paths_file)
        with told(self.paths_file):
            list_file = local_member(self.paths_file, root) if local else remote_member(self.paths_file)
        with opened(list_file) as file:
            return listed(file, self.paths_file, self.paths_prefix, trusted=local)
