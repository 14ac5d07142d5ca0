"""Subtitles: the words of a film or a talk, as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field, field_validator

from gristmill.collect._compressed import with_compression
from gristmill.collect._cues import VOICE, Cue, cues, unrolled
from gristmill.collect._decoding import AUTO, known, text_of
from gristmill.collect._file_records import FileReader, FileRecord

_ENDS = (".", "!", "?", "…", '"', "”", "。", "！", "？", "؟", "।", "♪")


class Subtitles(FileReader):
    """SubRip and WebVTT files, one record each. Lines are joined; a pause after a sentence begins a paragraph."""

    suffixes = with_compression(".srt", ".vtt")

    speakers: Literal["keep", "drop"] = Field("keep", description="Who speaks: `ANN:` and the voices of WebVTT.")
    sounds: Literal["keep", "drop"] = Field("keep", description="What is heard: `[music]`, `(sighs)`, notes of songs.")
    pause: float = Field(3.0, ge=0, le=3600, description="Seconds without a cue that end a paragraph.")
    encoding: str = Field(
        AUTO, description="How bytes are read: auto (UTF-8, else what they look like), or the name of an encoding."
    )

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        return known(encoding)

    def libraries(self) -> tuple[str, ...]:
        return ("chardet",) if self.encoding == AUTO else ()

    def record(self, data: bytes, source: str) -> FileRecord | str:
        decoded = text_of(data, self.encoding)
        if isinstance(decoded, str):
            return decoded
        text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
        found = cues(text, speakers=self.speakers == "keep")
        if not found:
            return "the file has no cues, which are lines of times like 00:00:01,000 --> 00:00:02,000"
        said = "\n\n".join(_paragraphs(self._said(unrolled(found)), self.pause))
        if not said:
            return "no cue of the file has words"
        facts = {"cues": len(found), "seconds": round(found[-1].end), "language": _language(source), **decoded.facts()}
        return FileRecord(said, facts)

    def _said(self, found: Iterable[Cue]) -> Iterable[Cue]:
        """Cues without what is not wanted in them."""
        for cue in found:
            lines = cue.lines
            if self.sounds == "drop":
                lines = tuple(filter(None, map(_without_sounds, " \n".join(lines).split("\n"))))
            if self.speakers == "drop":
                lines = tuple(filter(None, map(_without_speaker, lines)))
            yield cue._replace(lines=lines)


def _paragraphs(found: Iterable[Cue], pause: float) -> Iterable[str]:
    """Lines joined; each line of a dialogue (`- Yes. - No.`) is a line of its own."""
    parts: list[str] = []
    last = 0.0
    for cue in found:
        if parts and cue.lines and cue.start - last >= pause and parts[-1].endswith(_ENDS):
            yield "".join(parts)
            parts = []
        for line in cue.lines:
            parts += [_between(parts[-1], line), line.replace(VOICE, "")] if parts else [line.replace(VOICE, "")]
        last = cue.end if cue.lines else last
    if parts:
        yield "".join(parts)


def _between(before: str, line: str) -> str:
    if line.startswith(VOICE) or (line.startswith(("-", "– ", "— ")) and before.endswith(_ENDS)):
        return "\n"
    return "" if _has_no_spaces(before[-1]) and _has_no_spaces(line[0]) else " "


def _has_no_spaces(char: str) -> bool:
    """Whether the script of a character is written without spaces: kana, Han, Thai, Lao, Khmer, Burmese."""
    code = ord(char)
    return 0x2E80 <= code <= 0x9FFF or 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF


def _without_sounds(line: str) -> str:
    """A line without brackets, without parentheses that fill it, and without notes of music."""
    line = line.replace("♪", "").replace("♫", "")
    first, *rest = line.split("[")
    kept = [first]
    for piece in rest:
        _, close, after = piece.partition("]")
        kept.append(after if close else f"[{piece}")
    line = " ".join("".join(kept).split())
    bare = line.lstrip("- ")
    if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1:
        return ""
    return "" if not bare or bare == ":" else line


def _without_speaker(line: str) -> str:
    """A line without the name in capitals that begins it."""
    name, colon, said = line.partition(":")
    bare = name.strip("- ")
    is_name = bool(colon) and len(bare) < 30 and bare.isupper() and not bare[-1:].isdigit()
    return said.strip() if is_name and said.strip() else line


def _language(source: str) -> str:
    """The language by the name of a file: `film.en.srt`, `film.pt-BR.vtt`."""
    parts = PurePosixPath(source).name.split(".")
    own = parts[-2] if len(parts) > 2 else ""
    main = own.replace("_", "-").partition("-")[0]
    return own.replace("_", "-") if main.isalpha() and main.isascii() and 2 <= len(main) <= 3 and main.islower() else ""
