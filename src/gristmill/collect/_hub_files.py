"""Which files of a dataset on the Hugging Face Hub hold its data, found as the Hub and `datasets` find them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from gristmill.collect._compressed import with_compression
from gristmill.errors import InputError, near_miss

FAMILIES: dict[str, tuple[str, ...]] = {
    "parquet": (".parquet", ".pq"),
    "json": with_compression(".jsonl", ".ndjson", ".json"),
    "csv": with_compression(".csv", ".tsv"),
    "text": with_compression(".txt"),
}
"""Kinds of files that are read, and how their names end; of as many files of two kinds the first is taken."""

_IGNORED = frozenset(
    ("README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json")
)
_SHARDED = "data/{split}-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*"
_KEYWORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_BETWEEN = "[-._ 0-9]"
_IN_FOLDER = ("**/{0}/**", "**/{0}{1}*/**", "**/*{1}{0}/**", "**/*{1}{0}{1}*/**")
_IN_NAME = ("**/{0}{1}*", "**/*{1}{0}{1}*")
_LONGEST_PATTERN, _MOST_PATTERNS = 1000, 1000


class Config(NamedTuple):
    """A config of a dataset: patterns of files by split, or none, and the folder that files are looked for in."""

    name: str
    files: tuple[tuple[str, tuple[str, ...]], ...] = ()
    folder: str = ""
    default: bool = False


class DataFile(NamedTuple):
    """A file of data, by its path in the dataset."""

    path: str
    split: str
    family: str


def data_files(dataset: str, paths: Sequence[str], configs: Sequence[Config], config: str | None) -> list[DataFile]:
    """The files of a config, sorted by path; of the kind that most files are. InputError where there are none."""
    chosen = _chosen(dataset, configs, config)
    below = [path for path in paths if not chosen.folder or path.startswith(f"{chosen.folder}/")]
    inside = {path.removeprefix(f"{chosen.folder}/") if chosen.folder else path: path for path in below}
    found: dict[str, str] = {}
    for split, patterns in chosen.files or _by_name(list(inside)):
        for pattern in patterns:
            for path in matching(inside, pattern):
                if posixpath.basename(path) not in _IGNORED and _asked_for(path, pattern):
                    found.setdefault(inside[path], split)
    families = {path: _family(path) for path in found}
    counts = {family: sum(own == family for own in families.values()) for family in FAMILIES}
    most = max(counts, key=lambda family: counts[family])
    if not counts[most]:
        ours = ", ".join(ending for endings in FAMILIES.values() for ending in endings if ending.count(".") == 1)
        raise InputError(dataset, f"it has no data files of a kind that is read here ({ours})")
    return [DataFile(path, found[path], most) for path in sorted(found) if families[path] == most]


def _chosen(dataset: str, configs: Sequence[Config], name: str | None) -> Config:
    if name is None:
        usual = [config for config in configs if config.default or config.name == "default"]
        if usual or len(configs) < 2:
            return next(iter(usual or configs), Config("default"))
        raise InputError(dataset, f"it has several configs ({', '.join(one.name for one in configs)}): set `config`")
    known = {config.name: config for config in configs} or {"default": Config("default")}
    if name not in known:
        raise InputError(dataset, f"it has no config {name!r}: {near_miss(name, known)}")
    return known[name]


def _family(path: str) -> str | None:
    name = path.lower()
    return next((family for family, endings in FAMILIES.items() if name.endswith(endings)), None)


def _by_name(paths: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Splits by shards in `data/`, else by folders, else by files that are named for splits; else all are train."""
    visible = [path for path in paths if posixpath.basename(path) not in _IGNORED and _asked_for(path, "")]
    shards = matching(visible, _SHARDED.format(split="*"))
    if shards:
        for split in dict.fromkeys(posixpath.basename(path).rpartition("-of-")[0][:-6] for path in shards):
            yield split, (_SHARDED.format(split=split),)
        return
    for places in (_IN_FOLDER, _IN_NAME):
        by_split = {
            split: tuple(place.format(word, _BETWEEN) for word in words for place in places)
            for split, words in _KEYWORDS.items()
        }
        held = [split for split, patterns in by_split.items() if any(matching(visible, one) for one in patterns)]
        if held:
            yield from ((split, by_split[split]) for split in held)
            return
    yield "train", ("**",)


def _asked_for(path: str, pattern: str) -> bool:
    """Hidden files and folders, and folders of two underscores, are passed over unless the pattern names such."""
    hidden = [sum(part.startswith(".") for part in one.split("/")) for one in (path, pattern)]
    special = [sum(part.startswith("__") for part in one.split("/")[:-1]) for one in (path, pattern)]
    return hidden[0] == hidden[1] and special[0] == special[1]


def matching(paths: Iterable[str], pattern: str) -> list[str]:
    """The paths that a glob means, in linear time: it may come from a stranger."""
    names = pa.array(list(paths), pa.string())
    found: list[str] = names.filter(pc.match_substring_regex(names, _regex(pattern))).to_pylist()
    return found


def _regex(pattern: str) -> str:
    """A glob in RE2's words: `**` as a whole part is any number of folders, `*` and `?` stay within a part."""
    parts = pattern.strip("/").split("/")
    made = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            made.append(".*" if last else "(?:.*/)?")
        else:
            made.append(_part(part) + ("" if last else "/"))
    return f"(?s)^{''.join(made)}$"


def _part(part: str) -> str:
    made = []
    at = 0
    while at < len(part):
        char = part[at]
        close = part.find("]", at + 2) if char == "[" else -1
        if char == "*":
            made.append("[^/]*")
        elif char == "?":
            made.append("[^/]")
        elif close > 0:
            inner = part[at + 1 : close]
            negated = inner[0] in "!^"
            made.append(f"[{'^' if negated else ''}{_class(inner[negated:])}]")
            at = close
        else:
            made.append(_literal(char))
        at += 1
    return "".join(made)


def _class(inner: str) -> str:
    """The inside of a class: a dash between two characters means a range, any other itself."""
    return "".join(
        "-" if char == "-" and 0 < at < len(inner) - 1 and inner[at - 1] <= inner[at + 1] else _literal(char)
        for at, char in enumerate(inner)
    )


def _literal(char: str) -> str:
    return char if char.isascii() and char.isalnum() else f"\\x{{{ord(char):x}}}"


def configs_of(dataset: str, card: str) -> list[Config]:
    """What the head of a README says of configs. InputError where it cannot be read or names files elsewhere."""
    if not card.startswith("---"):
        return []
    head, closed, _ = card.removeprefix("---").partition("\n---")
    try:
        read = yaml.safe_load(head) if closed else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(dataset, "the head of its README is no YAML") from error
    listed = read.get("configs") if isinstance(read, dict) else None
    return [
        _config(dataset, one)
        for one in islice(listed if isinstance(listed, list) else (), _MOST_PATTERNS)
        if isinstance(one, dict)
    ]


def _config(dataset: str, entry: dict[Any, Any]) -> Config:
    name, folder = str(entry.get("config_name", "default")), entry.get("data_dir")
    files = []
    given = entry.get("data_files") or []
    given = given if isinstance(given, list) else [given]
    for one in given:
        if isinstance(one, dict):
            paths = one.get("path")
            files.append((str(one.get("split", "train")), tuple(paths) if isinstance(paths, list) else (paths,)))
        else:
            files.append(("train", (one,)))
    for pattern in (pattern for _, patterns in files for pattern in patterns):
        if not isinstance(pattern, str) or "://" in pattern or len(pattern) > _LONGEST_PATTERN:
            raise InputError(dataset, f"its config {name!r} names what is no file of it: {str(pattern)[:200]!r}")
    plain = posixpath.normpath(folder).strip("/") if isinstance(folder, str) else ""
    return Config(name, tuple(files[:_MOST_PATTERNS]), "" if plain == "." else plain, entry.get("default") is True)
