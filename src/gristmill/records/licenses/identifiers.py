"""Licences by the urls and names that pages and files give them, as SPDX identifiers, and what they ask for."""

from __future__ import annotations

from typing import NamedTuple

MOST_CHARACTERS = 2_048
"""Of a statement that is looked at."""

_CREATIVE = ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd", "by-nd-nc")
_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")

_BY_URL: tuple[tuple[str, str], ...] = (
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
    ("creativecommons.org/publicdomain/mark/1.0", "CC-PDM-1.0"),
    ("creativecommons.org/licenses/publicdomain", "CC-PDDC"),
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("gnu.org/licenses/agpl", "AGPL-3.0-only"),
    ("gnu.org/licenses/agpl-3.0", "AGPL-3.0-only"),
    ("gnu.org/licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/lgpl", "LGPL-3.0-only"),
    ("gnu.org/licenses/lgpl-3.0", "LGPL-3.0-only"),
    ("gnu.org/licenses/gpl-2.0", "GPL-2.0-only"),
    ("gnu.org/licenses/old-licenses/gpl-2.0", "GPL-2.0-only"),
    ("gnu.org/licenses/gpl", "GPL-3.0-only"),
    ("gnu.org/licenses/gpl-3.0", "GPL-3.0-only"),
    ("gnu.org/licenses/fdl-1.2", "GFDL-1.2-only"),
    ("gnu.org/licenses/old-licenses/fdl-1.2", "GFDL-1.2-only"),
    ("gnu.org/licenses/fdl", "GFDL-1.3-only"),
    ("gnu.org/licenses/fdl-1.3", "GFDL-1.3-only"),
    ("gnu.org/copyleft/fdl", "GFDL-1.3-only"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("opensource.org/licenses/mit-license", "MIT"),
    ("opensource.org/licenses/mit-0", "MIT-0"),
    ("opensource.org/license/mit-0", "MIT-0"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/licenses/isc", "ISC"),
    ("opendatacommons.org/licenses/odbl", "ODbL-1.0"),
    ("opendatacommons.org/licenses/by", "ODC-By-1.0"),
    ("opendatacommons.org/licenses/pddl", "PDDL-1.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/3", "OGL-UK-3.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/2", "OGL-UK-2.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/1", "OGL-UK-1.0"),
    ("unlicense.org", "Unlicense"),
    ("docs.python.org/3/license", "PSF-2.0"),
)
"""The url, behind scheme and www, is that or goes on with one of `_ENDS`: `mit` is not `mit-0`."""

_ENDS = ("", "/", ".", "?", "#")

PUBLIC_DOMAIN = "LicenseRef-Public-Domain"
"""What a text that is said to be in the public domain has for a licence; SPDX has no identifier for it."""

_NO_ATTRIBUTION = frozenset(
    ("CC0-1.0", "CC-PDM-1.0", "CC-PDDC", "PDDL-1.0", "Unlicense", "0BSD", "MIT-0", "WTFPL", PUBLIC_DOMAIN)
)
_SHARE_ALIKE = ("-SA", "GPL-", "GFDL-", "ODbL-", "MPL-", "EPL-", "EUPL-", "OSL-", "CDDL-", "CECILL-2", "SSPL-", "MS-RL")
_NONCOMMERCIAL = ("-NC", "Noncommercial", "NCGL-")

_SPDX_LINE = "SPDX-License-Identifier:"
_IN_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+-")
_LONGEST_EXPRESSION = 200
_JOINS = frozenset(("AND", "OR", "WITH"))


class Terms(NamedTuple):
    """What a licence asks for or forbids; None where it is not known."""

    attribution: bool | None
    share_alike: bool | None
    noncommercial: bool | None
    no_derivatives: bool | None


def by_url(url: str) -> str | None:
    """The licence that a url names, if it is known."""
    bare = url.strip()[:MOST_CHARACTERS].lower().partition("://")[2] or url.strip()[:MOST_CHARACTERS].lower()
    bare = bare.lstrip("/").removeprefix("www.")
    for path, name in _BY_URL:
        if bare.startswith(path) and bare[len(path) : len(path) + 1] in _ENDS:
            return name
    if not bare.startswith("creativecommons.org/licenses/"):
        return None
    kind, _, rest = bare.removeprefix("creativecommons.org/licenses/").partition("/")
    version = rest.partition("/")[0]
    if kind not in _CREATIVE or version not in _VERSIONS:
        return None
    kind = "by-nc-nd" if kind == "by-nd-nc" else kind
    return f"CC-{kind.upper()}-{version}"


def by_name(name: str) -> str | None:
    """An SPDX identifier as such, or one of its usual spellings; None where it is neither."""
    plain = " ".join(name.split())[:MOST_CHARACTERS]
    folded = plain.lower().replace(" ", "-").replace("_", "-")
    if folded in _ALIASES:
        return _ALIASES[folded]
    if folded.startswith(("cc-by", "cc0")):
        return _creative(folded)
    return None


def _creative(folded: str) -> str | None:
    kind, _, version = folded.removeprefix("cc-").rpartition("-")
    if folded.startswith("cc0"):
        return "CC0-1.0"
    if kind in _CREATIVE and version in _VERSIONS:
        return f"CC-{kind.upper()}-{version}"
    return None


_IDS = (
    *(name for _, name in _BY_URL),
    "0BSD", "AFL-3.0", "AGPL-3.0-or-later", "Artistic-2.0", "BSL-1.0", "CDDL-1.0", "ECL-2.0", "EPL-1.0", "EPL-2.0",
    "EUPL-1.1", "EUPL-1.2", "GFDL-1.1-or-later", "GFDL-1.2-or-later", "GFDL-1.3-or-later", "GPL-2.0-or-later",
    "GPL-3.0-or-later", "LGPL-2.0-only", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "LPPL-1.3c", "MIT-0", "MPL-1.1",
    "MS-PL", "NCSA", "OFL-1.1", "OSL-3.0", "PostgreSQL", "Python-2.0", "W3C", "WTFPL", "Zlib", "ZPL-2.1", "CC-BY-4.0",
)  # fmt: skip
_ALIASES = {name.lower(): name for name in _IDS} | {
    "apache-license-2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache2.0": "Apache-2.0",
    "mit-license": "MIT",
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "gplv2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "pddl": "PDDL-1.0",
    "odbl": "ODbL-1.0",
    "cc0": "CC0-1.0",
}


def by_header(text: str) -> str | None:
    """The expression of an SPDX-License-Identifier line, as it stands, where its shape is one."""
    _, found, rest = text.partition(_SPDX_LINE)
    line = rest[:_LONGEST_EXPRESSION].partition("\n")[0].lstrip()
    end = next((k for k, char in enumerate(line) if char not in _IN_NAME and char not in " ()"), len(line))
    expression = " ".join(line[:end].split()).rstrip(" -.")
    names = [word for word in expression.strip("() ").replace("(", " ").replace(")", " ").split() if word not in _JOINS]
    return expression if found and names else None


def terms(license: str | None) -> Terms:
    """Of an identifier; of an expression of several nothing is known, as it depends on which one is chosen."""
    if license is None or " " in license:
        return Terms(None, None, None, None)
    share = any(mark in license for mark in _SHARE_ALIKE)
    noncommercial = any(mark in license for mark in _NONCOMMERCIAL)
    return Terms(license not in _NO_ATTRIBUTION, share, noncommercial, "-ND" in license)
