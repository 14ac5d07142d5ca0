"""The files of a repository as one text: in order, each behind a header that names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from gristmill.collect._code_files import CodeFile
from gristmill.collect._imports import in_order
from gristmill.records.code.comments import comment_line

Order = Literal["dependency", "path"]
Header = Literal["comment", "starcoder2", "none"]

_FILE, _REPOSITORY = "<file_sep>", "<repo_name>"


def packed(files: Sequence[CodeFile], name: str, order: Order, header: Header) -> str:
    """The text of one record.

    `comment`: the path as a comment in the file's language, its text, and a blank line between files (DeepSeek-Coder).
    `starcoder2`: `<repo_name>NAME<file_sep>PATH\\nTEXT<file_sep>PATH\\nTEXT` (Lozhkov et al. 2024).
    """
    arranged = in_order(files) if order == "dependency" else list(files)
    if header == "starcoder2":
        return f"{_REPOSITORY}{name}" + "".join(f"{_FILE}{file.path}\n{file.text}" for file in arranged)
    return "\n\n".join(_blocks(arranged, header)) + "\n"


def _blocks(files: Sequence[CodeFile], header: Header) -> Iterator[str]:
    for file in files:
        text = file.text.rstrip("\n")
        if header == "none":
            yield text
        else:
            yield f"{comment_line(' '.join(file.path.split()), file.language.name if file.language else None)}\n{text}"


def holds_tokens(text: str) -> bool:
    """Whether a text has one of StarCoder2's marks in it, which would look like the beginning of a file."""
    return _FILE in text or _REPOSITORY in text
