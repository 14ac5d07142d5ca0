"""Write src/gristmill/records/code/languages.json: languages by the names of files and by their interpreters.

    npm pack linguist-languages@9.5.0 && tar xzf linguist-languages-9.5.0.tgz
    python tools/make_code_languages.py package/data

The data is that of GitHub's Linguist (MIT), as the npm package linguist-languages (MIT) ships it, a module a language.
Languages that share an ending stand in the order: those whose first ending it is, then by name.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

_NAME = re.compile(r"""^  name: (['"])(.*)\1,$""", re.M)
_TYPE = re.compile(r"^  type: '(\w+)',$", re.M)
_STRING = re.compile(r"""(['"])(.*?)\1""")


def _list(module: str, key: str) -> list[str]:
    found = re.search(rf"^  {key}: \[(.*?)\],$", module, re.M | re.S)
    return [one for _, one in _STRING.findall(found.group(1))] if found else []


def main(folder: Path) -> None:
    types: dict[str, str] = {}
    tables: dict[str, dict[str, list[tuple[int, str]]]] = {}
    for path in sorted(folder.glob("*.js")):
        module = path.read_text("utf-8")
        name = _NAME.search(module)
        kind = _TYPE.search(module)
        if name is None or kind is None:
            raise SystemExit(f"{path}: it has no name or type")
        language = name.group(2)
        types[language] = kind.group(1)
        for key in ("extensions", "filenames", "interpreters"):
            table = tables.setdefault(key, defaultdict(list))
            for place, value in enumerate(_list(module, key)):
                # Linguist lists the main ending first, the others by the alphabet.
                table[value if key == "filenames" else value.lower()].append((min(place, 1), language))
    out = {
        "types": dict(sorted(types.items())),
        **{
            key: {value: [one for _, one in sorted(set(some))] for value, some in sorted(table.items())}
            for key, table in tables.items()
        },
    }
    target = Path(__file__).parents[1] / "src" / "gristmill" / "records" / "code" / "languages.json"
    target.write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":"), indent=None) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
