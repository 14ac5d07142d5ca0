"""Small files of code that the tests of rules for code share: ordinary ones, and ones that each rule is about."""

from __future__ import annotations

import json

PYTHON = '''"""Grind corn."""

import os  # a comment


def grind(corn: str, stones: int = 2) -> str:
    """Give flour.

    The stones turn "slowly".
    """
    # What is ground twice is finer.
    return "".join(sorted(corn)) * stones + os.sep  # done


URL = "https://example.org/#not-a-comment"
'''

JAVA = """/* Licensed to nobody. */
package mill;

// One line.
public class Mill {
    /** Says what it grinds. */
    String grind(String corn) {
        return corn + " // no comment" + '"'; /* inline */
    }
}
"""

SCRIPT = """// A page's script.
const url = `https://example.org/${name}`; // trailing
/* a block
   of two lines */
function grind(corn) { return corn.replace(/\\s+/g, ''); }
"""

HTML = (
    "<!doctype html><html><head><title>The mill</title><style>p { color: red }</style>"
    "<script>var x = '<p>not shown</p>';</script></head><body><!-- hidden --><h1 title='a > b'>Flour &amp; bran</h1>"
    "<p>" + "The stones turn slowly and the corn is ground. " * 6 + "</p></body></html>\n"
)


def documents() -> dict[str, str]:
    """Texts by the path that they would have."""
    return {
        "mill.py": PYTHON,
        "Mill.java": JAVA,
        "mill.js": SCRIPT,
        "mill.html": HTML,
        "empty_page.html": "<html><head><script>" + "var a = 1;\n" * 60 + "</script></head><body></body></html>\n",
        "broken.py": "def f(:\n  # still a comment\n  return '''open\n",
        "long_line.js": "var a = [" + ", ".join(map(str, range(600))) + "];\n",
        "tensor.m": "x = [" + ";\n".join(" ".join(f"{k * 0.37:.3f}" for k in range(10)) for _ in range(40)) + "];\n",
        "windows.c": "int main(void)\r\n{\r\n    /* Grüße */\r\n    return 0;\r\n}\r\n",
        "old_mac.txt": "one\rtwo\rthree",
        "breaks.txt": "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\n\n",
        "unicode.py": "größe = 3\n名前 = 'ひき臼'\n# комментарий\nprint('🌾' * größe, '①²')\n",
        "template.sld": '<?xml version="1.0"?>\n<sld><name>style</name></sld>\n',
        "data.json": json.dumps({"corn": list(range(300))}, indent=1),
        "blank.py": "\n\n   \n",
        "one.py": "x",
        "base64.py": "DATA = '''\n" + "aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Q=\n" * 12 + "'''\n",
        "hex.c": "unsigned char a[] = {" + ",".join(f"0x{k:02x}" for k in range(200)) + "};\n",
        "escapes.js": 's = "' + "\\u00e4\\u4e2d" * 20 + '";\n',
        "bytes.py": 'b = b"' + "\\x00\\xff" * 20 + '"\n',
        "query.sql": "-- all of it\nSELECT * FROM mill /* the table */ WHERE name = '--no';\n",
        "shell.sh": "#!/bin/sh\n# says\necho \"# not\" '#neither' # but this\n",
    }
