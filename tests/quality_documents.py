"""Texts on which implementations of the quality rules are compared: the demo's mail and prose, and awkward ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

DEMO = Path(__file__).parents[1] / "examples" / "demo"

SENTENCE = "The miller and his wife have to be at the mill with all of that grain. "
AWKWARD = [
    SENTENCE * 4,
    SENTENCE * 12,
    SENTENCE * 12 + "# " * 40,
    SENTENCE * 12 + "#" * 40,
    SENTENCE * 12 + "wait... " * 40,
    SENTENCE * 12 + "wait\u2026 " * 40,
    SENTENCE * 12 + ". . . " * 40,
    SENTENCE * 12 + "(...) [...] -\u00bb [\u2026] " * 9,
    "\n".join(["\u2022 " + SENTENCE] * 12),
    "\n".join(["  - " + SENTENCE] * 12),
    "\n".join(["* " + SENTENCE] * 12),
    "\n".join(["\u25cf " + SENTENCE] * 9 + [SENTENCE]),
    "\n".join([SENTENCE.strip(" .") + "..."] * 4 + [SENTENCE] * 8),
    "\n".join([SENTENCE.strip(" .") + "\u2026 "] * 4 + [SENTENCE] * 8),
    "\n".join([SENTENCE + "Read More"] * 4 + [SENTENCE] * 8),
    "\r\n".join([SENTENCE] * 12) + "\x85\u2028" + SENTENCE,
    "12 34 56 78 " * 10 + SENTENCE * 3,
    "THE BE TO OF AND THAT HAVE WITH " * 8,
    "Milling grain grinds slowly between heavy stones turning under falling water. " * 8,
    "internationalisation " * 60 + "the and of",
    "a b c the of " * 20,
    "\u4e2d\u6587\u6587\u672c\u3002" * 80,
    "caf\u00e9 na\u00efve \u00fcber \u0434\u043e\u043c \u03bb\u03cc\u03b3\u03bf\u03c2 the of " * 12,
    "\n\n \n\t\n" + SENTENCE * 9 + "\n\n\n   \n" + SENTENCE + "\n",
    SENTENCE * 9 + "lorem ipsum dolor sit amet.\n" + "Lorem Ipsum again",
    SENTENCE * 9 + "\nif (x) { return; }",
    SENTENCE * 9 + "\nif (x) { return; } or so it is said.",
    SENTENCE * 9 + "\nPlease enable JavaScript to read this page. {\n" + SENTENCE,
    SENTENCE * 9 + "\nThis site uses cookies, as its Cookie Policy says.\n" + SENTENCE,
    "\n".join([SENTENCE.strip()] * 8 + ["Menu", "Home | About", "Two words.", "It has three words."]),
    "\n".join([SENTENCE.strip() + "[12]"] * 5 + ["Cited here. [3]", "[edit]", "Nothing [] [citation needed]."]),
    "\n".join([SENTENCE.strip() + '"'] * 5 + ["He said 'yes'", "Really?!", "x" * 1001 + " is long."]),
    "\n".join(["1,234 Likes", "\u2606 12.5k views!", "5 apples", "12345", "ABOUT US NOW", "Contact", SENTENCE] * 2),
    SENTENCE * 20 + "\n3 items in cart\nSign-in here\nmore text Read more...\nSIGN-IN\n  12345  \n\nitems in cart\n",
    "SIGN-IN " + SENTENCE * 8 + "\n\n" + "OK\n" + SENTENCE * 8 + "\n" + "\u0661\u0662 views",
    "LOUD WORDS HERE\n" + SENTENCE * 10 + "\n 99 \n",
    "\n".join(["same line of some length, for a change."] * 2 + [SENTENCE] * 9),
    "\n".join(["short"] * 40),
    "\n".join(["no end here at all, none of it"] * 30),
    "\u0a95 line.\n" * 3
    + "\u0939\u093f\u0928\u094d\u0926\u0940 \u0935\u093e\u0915\u094d\u092f \u0939\u0948\u0964\n" * 12,
    " ",
    "\u3000\n",
    "...",
    "# \u2026",
]


def documents() -> list[str]:
    """Some hundred texts, in a stable order."""
    with gzip.open(DEMO / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as file:
        mail = [json.loads(line)["body"] for line in file]
    texts = [text for text in mail if text and len(text) < 6000][:260]
    for path in sorted((DEMO / "prose").iterdir()):
        text = path.read_text("utf-8")
        texts += [text[at : at + 4000] for at in range(0, min(len(text), 16000), 4000)]
    return AWKWARD + texts
