"""A stream of blocks with a place in it: take so many bytes, look ahead, know where compressed members begin."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from gristmill.collect._compressed import Block


class Stream:
    """The content of an archive.

    Where data is damaged the stream stops (`damage` says why, in a sentence) until `go_on` is called.
    """

    def __init__(self, blocks: Iterator[Block], raw_size: int) -> None:
        self._blocks = blocks
        self._raw_size = raw_size
        self._data = b""
        self._at = 0
        self._base = 0
        self._has_members = False
        self._members: deque[tuple[int, int]] = deque()
        self.raw = 0
        self.damage: str | None = None

    @property
    def offset(self) -> int:
        """Bytes of content before this place."""
        return self._base + self._at

    def position(self, offset: int) -> int:
        """A number for a place not far behind, unique in the file, whatever it is compressed with.

        The byte offset in the file where the place begins a compressed member or nothing is compressed by members;
        else the size of the file plus the offset in the content.
        """
        while self._members and self._members[0][0] < offset:
            self._members.popleft()
        if not self._has_members:
            return offset
        begins, raw = self._members[0] if self._members else (-1, 0)
        return raw if begins == offset else self._raw_size + offset

    def _more(self) -> Block | None:
        """The next block, and the note of what it begins; None at the end and at damage."""
        if self.damage:
            return None
        block = next(self._blocks, None)
        if block is None:
            return None
        self.raw = block.raw
        if block.begins is not None:
            self._has_members = True
            self._members.append((self._base + len(self._data), block.begins))
        if block.damage:
            self.damage = block.damage
            return None
        return block

    def go_on(self) -> None:
        """Leave the damage behind, and with it the member that gave nothing."""
        if self.damage and self._members and self._members[-1][0] == self._base + len(self._data):
            self._members.pop()
        self.damage = None

    def ahead(self, size: int) -> bytes:
        """The next bytes, fewer only at the end or at damage; they stay in the stream."""
        while len(self._data) - self._at < size and (block := self._more()):
            self._base += self._at
            self._data = self._data[self._at :] + block.data
            self._at = 0
        return self._data[self._at : self._at + size]

    def find(self, end: Callable[[bytes, int], int], limit: int) -> int:
        """What `end` finds in the bytes ahead, looking at no more of them than it must; -1 where it finds nothing."""
        window = 2048
        while True:
            ahead = self.ahead(min(window, limit))
            found = end(ahead, limit)
            if found >= 0 or len(ahead) < window or window >= limit:
                return found
            window *= 4

    def take(self, size: int) -> bytes:
        """The next bytes, fewer only at the end or at damage."""
        data = self._data[self._at : self._at + size]
        self._at += len(data)
        parts = [data]
        missing = size - len(data)
        while missing and (block := self._more()):
            self._base += len(self._data)
            self._data, self._at = block.data, min(missing, len(block.data))
            parts.append(block.data[: self._at])
            missing -= self._at
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def drop(self, size: int) -> int:
        """Pass bytes by without keeping them; returns how many there were."""
        dropped = 0
        while dropped < size and (taken := len(self.take(min(size - dropped, 1 << 20)))):
            dropped += taken
        return dropped

    def give_back(self, data: bytes) -> None:
        """Undo the end of the last `take`."""
        self._data = data + self._data[self._at :]
        self._base += self._at - len(data)
        self._at = 0

    def members_between(self, start: int, stop: int) -> list[int]:
        """Offsets in the content where compressed members begin."""
        return [offset for offset, _ in self._members if start < offset < stop]
