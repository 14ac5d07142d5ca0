"""A file of source code as text, with what its path and its content say of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from resiliparse.parse.encoding import detect_encoding

from gristmill.records.code.languages import HEAD_BYTES, Language, ending, language_of
from gristmill.records.code.marks import marks_of

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_LONGEST_POINTER = 1024
_LOOKED_AT = 8000  # bytes in which git looks for a NUL
_GUESSED_FROM = 64 << 10
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"))
_WIDE_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_MOST_CONTROLS = 0.01
_CONTROLS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0)))) - set("\t\n\r\f\x1b\x85")
_BINARY = frozenset((
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".icns", ".tiff", ".psd", ".pdf", ".zip", ".gz",
    ".tar", ".jar", ".war", ".7z", ".rar", ".xz", ".zst", ".bz2", ".exe", ".dll", ".so", ".dylib", ".a", ".o",
    ".lib", ".obj", ".class", ".pyc", ".wasm", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".wav",
    ".ogg", ".webm", ".avi", ".mov", ".npy", ".npz", ".pkl", ".h5", ".parquet", ".db", ".sqlite", ".bin", ".dat",
    ".mo", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx",
))  # fmt: skip


class CodeFile(NamedTuple):
    """A file's text, its language, and its metadata."""

    path: str
    text: str
    language: Language | None
    metadata: dict[str, Any]


def code_file(path: str, content: bytes) -> CodeFile | str:
    """The file, or what it is where it is no text, in words to count it by."""
    if not content:
        return "empty file"
    if content.startswith(_POINTER) and len(content) <= _LONGEST_POINTER:
        return "git-lfs pointer"
    end = ending(path)
    if end == ".ipynb":
        return "notebook"
    decoded = _decoded(content)
    if decoded is None:
        return f"binary file {end}" if end in _BINARY else "binary file"
    text, encoding = decoded
    if not text.strip():
        return "empty file"
    language = language_of(path, text[:HEAD_BYTES])
    metadata: dict[str, Any] = {"path": path, "bytes": len(content), "lines": text.count("\n") + (text[-1] != "\n")}
    if language is not None:
        metadata |= {"language": language.name, "language_type": language.type}
    metadata["marks"] = list(marks_of(path, text, language))
    if encoding != "utf-8":
        metadata["encoding"] = encoding
    return CodeFile(path, text, language, metadata)


def _decoded(content: bytes) -> tuple[str, str] | None:
    """The text and its encoding; None where it is no text."""
    for bom, name in _BOMS + _WIDE_BOMS:
        if content.startswith(bom):
            try:
                return content[len(bom) :].decode(name), name
            except UnicodeDecodeError:
                return None
    if b"\0" in content[:_LOOKED_AT]:
        return None
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        name = detect_encoding(content[:_GUESSED_FROM]) or "windows-1252"
    for tried in (name, "windows-1252"):
        try:
            text = content.decode(tried)
        except (UnicodeDecodeError, LookupError):
            continue
        sample = text[:_GUESSED_FROM]
        return (text, tried) if sum(char in _CONTROLS for char in sample) <= _MOST_CONTROLS * len(sample) else None
    return None
