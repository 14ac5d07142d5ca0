"""A tokenizer folder: `tokenizer.json`, the chat templates beside it, and the special tokens they name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gristmill.errors import InputError, MissingExtra, near_miss
from gristmill.records.chat.chat_template import ChatTemplate
from gristmill.records.chat.template_library import TEMPLATES, named

_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token")
_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")
_BRACKETS = (("<|", "|>"), ("<｜", "｜>"))
_TURNS = ("<start_of_turn>", "<end_of_turn>")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text, and which characters each stands for."""

    ids: Ints
    begins: Ints
    ends: Ints


class Tokenizer:
    """A tokenizer as `tokenizers` reads it, with its folder's templates."""

    def __init__(self, folder: Path) -> None:
        try:
            from tokenizers import Tokenizer as Fast
        except ImportError as error:
            raise MissingExtra("a tokenizer", "tokenizers", "chat") from error
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise InputError(str(path), "there is no such file: name the folder that holds a model's tokenizer.json")
        try:
            self._fast: Any = Fast.from_file(str(path))
        except Exception as error:  # tokenizers raises bare Exception
            raise InputError(str(path), f"it is no tokenizer: {error}") from error
        self._fast.no_truncation()
        self._fast.no_padding()
        self._config = _json(folder / "tokenizer_config.json")
        self.tokens = _special_tokens({**_json(folder / "special_tokens_map.json"), **self._config})
        self._templates = _templates(folder, self._config.get("chat_template"))
        self._folder = folder
        added = self._fast.get_added_tokens_decoder().values()
        self.specials = tuple(
            sorted({token.content for token in added if token.special}, key=lambda one: (-len(one), one))
        )

    @staticmethod
    def digests(folder: Path) -> dict[str, str]:
        """SHA-256 of each file that a tokenizer is made of; nothing of those that are not there."""
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (*(folder / name for name in _FILES), *_templates_beside(folder))
            if path.is_file()
        }

    def template(self, name: str | None = None, **options: Any) -> ChatTemplate:
        """The folder's own template (of several the one called `default`, or `name`), else the library's `name`.

        RecipeError is the caller's to raise: here it is a ValueError, in one sentence.
        """
        if name is None:
            if not self._templates:
                raise ValueError(f"{self._folder} holds no chat template: name one of {', '.join(sorted(TEMPLATES))}")
            name = "default"
        if name in self._templates:
            template = ChatTemplate(self._templates[name], self.tokens, **options)
        elif name in TEMPLATES:
            template = ChatTemplate(named(name).source, named(name).tokens, **options)
        else:
            known = {*self._templates, *TEMPLATES}
            raise ValueError(f"there is no chat template {name!r}: {near_miss(name, known)}")
        self.check(template)
        return template

    def check(self, template: ChatTemplate) -> None:
        """ValueError where the template writes a special token that the tokenizer would cut into pieces."""
        for token in _written(template):
            if len(self._fast.encode(token, add_special_tokens=False).ids) != 1:
                raise ValueError(
                    f"the tokenizer in {self._folder} has no token {token!r}, which the chat template writes: "
                    "add it to the tokenizer (and to the model), or choose another template"
                )

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text, with no special token but those written in it."""
        return [
            Tokens(np.array(one.ids, np.int64), *_offsets(one.offsets))
            for one in self._fast.encode_batch(list(texts), add_special_tokens=False)
        ]

    def lengths(self, texts: Sequence[str]) -> Ints:
        """How many tokens each text has."""
        return np.array([len(one.ids) for one in self._fast.encode_batch_fast(list(texts), add_special_tokens=False)])

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self._fast.decode(list(ids), skip_special_tokens=False)
        return text


@lru_cache(maxsize=2)
def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer, loaded once a process."""
    return Tokenizer(folder)


def missing_tokenizer(folder: Path) -> str | None:
    """What is wrong with a folder without a tokenizer, in one sentence."""
    path = folder / "tokenizer.json"
    return None if path.is_file() else f"there is no {path}: name the folder that holds a model's"


def _offsets(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        read = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InputError(str(path), f"it is no JSON: {error}") from error
    return read if isinstance(read, dict) else {}


def _special_tokens(config: Mapping[str, Any]) -> dict[str, str]:
    """The tokens by their names; one may be written as an object with its `content`."""
    found: dict[str, str] = {}
    for name in _TOKENS:
        token = config.get(name)
        if isinstance(token, dict):
            token = token.get("content")
        if isinstance(token, str):
            found[name] = token
    return found


def _templates(folder: Path, configured: object) -> dict[str, str]:
    """The folder's templates by name. Files go before what the configuration holds, as in `transformers`."""
    found: dict[str, str] = {}
    if isinstance(configured, str):
        found["default"] = configured
    elif isinstance(configured, list):
        for one in configured:
            if isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("template"), str):
                found[one["name"]] = one["template"]
    for path in _templates_beside(folder):
        found[path.stem] = path.read_text("utf-8")
    if (alone := folder / "chat_template.jinja").is_file():
        found["default"] = alone.read_text("utf-8")
    return found


def _templates_beside(folder: Path) -> list[Path]:
    return sorted((folder / "additional_chat_templates").glob("*.jinja"))


def _written(template: ChatTemplate) -> list[str]:
    """The special tokens in a template's source: those of two well-known brackets, of turns, and those it names."""
    found = {value for name, value in template.tokens.items() if name in template.source}
    found |= {turn for turn in _TURNS if turn in template.source}
    for opening, closing in _BRACKETS:
        for piece in template.source.split(opening)[1:]:
            name, closed, _ = piece.partition(closing)
            if closed and name and all(one.isalnum() or one in "_-▁" for one in name):
                found.add(f"{opening}{name}{closing}")
    return sorted(found)
