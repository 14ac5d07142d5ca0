"""Writes src/gristmill/protect/top_level_domains.txt: the top-level domains that there are, a line each.

They are what the entries of the ICANN section of the Public Suffix List end with, as the package publicsuffixlist has
it: of South Africa it has ac.za and the like, not za itself. Names in other scripts stand in Punycode and as written.

    pip install publicsuffixlist && python tools/make_top_level_domains.py
"""

from importlib.resources import files
from pathlib import Path

OUT = Path(__file__).parent.parent / "src" / "gristmill" / "protect" / "top_level_domains.txt"


def main() -> None:
    lines = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8").splitlines()
    icann = lines[: lines.index("// ===END ICANN DOMAINS===")]
    rules = (line.strip().removeprefix("*.") for line in icann if line.strip() and not line.startswith(("//", "!")))
    names = {rule.lower().rpartition(".")[2] for rule in rules}
    names |= {name.encode("idna").decode() for name in names if not name.isascii()}
    OUT.write_text("".join(f"{name}\n" for name in sorted(names)), "utf-8")


if __name__ == "__main__":
    main()
