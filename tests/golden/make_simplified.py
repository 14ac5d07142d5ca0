"""Write simplified.json: what datatrove's `simplify_text` makes of the demo's mail and prose, and of sentences of ours.

pip install datatrove==0.10.1
python tests/golden/make_simplified.py
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from datatrove.utils.text import simplify_text

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "examples" / "demo"
OURS = [
    "Ünïcödé Äpfel, ÇA VA? İstanbul’da 1.234,56 € — «bien sûr»!",
    "v1.2.3 costs 3,50 or 1.000.000; call 555-0199 on 12/11/2024 at 9:30.",
    "Прилетели 3 журавля: ёлка, йод и объём №5 (см. стр. 12).",
    "العدد ٣٫١٤ أكبر من ٣، وهذا صحيح. مَدْرَسَة",
    "हिन्दी में संख्या १२३.४५ लिखी है। क्या यह ठीक है?",
    "한국어 문장 3개와 각 음절은 자모로 나뉜다.",
    "a\u0301 á \u212b Å ﬁ ≠ ½ ² №\u200b x\u00a0y\u3000z\u2028w",
    "tab\tnew\r\nline\x0bvt\x1fus\x7fdel\x85nel",
    "naïve café—cliché “quoted” 'single' `tick` $5.00 100% #tag @you e=mc^2 <b>{x}</b> ~/~ |a|\\b",
    "１２３．４５ ％ （Ｗｉｄｅ） ...,,, 0.5. .5 5. 7.x",
]


def main() -> None:
    with gzip.open(DEMO / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as file:
        texts = OURS + [(json.loads(line)["body"] or "")[:600] for line, _ in zip(file, range(40), strict=False)]
    texts += [path.read_text(encoding="utf-8")[:600] for path in sorted((DEMO / "prose").iterdir())]
    cases = [{"text": text, "simplified": simplify_text(text)} for text in texts]
    (HERE / "simplified.json").write_text(json.dumps(cases, ensure_ascii=False, indent=0), encoding="utf-8")


if __name__ == "__main__":
    main()
