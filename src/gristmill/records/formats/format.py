"""What a format of fine-tuning data is: how it is recognised, read into a record's content, and written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gristmill.records.formats.shape import Shape

Kind = Literal["conversation", "preference", "example"]
Row = dict[str, Any]
Content = dict[str, Any]


class UnreadableRowError(ValueError):
    """A row that is no record of its format; `str()` says which field, and what is wrong with it."""


class UnwritableRecordError(ValueError):
    """A record of which a format cannot hold even the main part; `str()` says what is missing or in the way."""


@dataclass(frozen=True)
class Evidence:
    """Why a row is taken for a format. The greater weight wins: it counts what was found, not how likely it is."""

    why: str
    weight: int


@dataclass(frozen=True)
class Reading:
    """One row as a record; `notes` say what a reader of the row should know and the content does not show."""

    content: Content
    metadata: dict[str, Any]
    id: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A record as one row of a format; `lost` names what the format cannot hold."""

    row: Row
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """A way in which rows hold conversations, preferences or examples.

    `keys` are the fields without which it is not this format; near misses are told from them. `unfold` is there
    where a row of the file is not yet a record: it takes all rows of a file and gives the rows that `read` takes.
    """

    name: str
    kind: Kind
    title: str
    keys: tuple[str, ...]
    recognise: Callable[[Shape], Evidence | None]
    read: Callable[[Row], Reading]
    write: Callable[[Content, Mapping[str, Any], str | None], Written] | None = None
    unfold: Callable[[Iterable[Row]], Iterator[Row]] | None = field(default=None)
