"""Letters of fonts whose glyphs are named by number, as TeX writes fonts made of pixels.

Such a font calls its T `a84`. That is also how Zapf Dingbats calls one of its signs, so a reader that goes by names
gives U+275A. Where a page is full of such signs, they are letters: the number is their place in TeX's encoding T1.
"""

from __future__ import annotations

import re

_SIGNS = (
    "✁✂✄☎✆✝✞✟✠✡☛☞✌✍✎✏✑✒✓✔✕✖✗✘✙✚✛✜✢✣✤✥✦✧★✩✪✫✬✭✮✯✰✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿❀❁❂❃❄❅❆❇❈❉❊❋"
    "●❍■❏❑▲▼◆❖·◗❘❙❚❯❱❲❳❨❩❬❭❪❫❴❵❛❜❝❞❡❢❣❤✐❥❦❧♠♥♦♣····✉✈✇①②③④⑤⑥⑦⑧⑨⑩❶❷❸❹❺❻❼❽❾❿➀"
    "➁➂➃➄➅➆➇➈➉➊➋➌➍➎➏➐➑➒➓➔→➣↔↕➙➛➜➝➞➟➠➡➢➤➥➦➧➨➩➫➭➯➲➳➵➸➺➻➼➽➾➚➪➶➹➘➴➷➬➮➱✃❐❒❮❰"
)
"""Zapf Dingbats from `a1` on, by Adobe's list of glyphs; a dot where there is none."""

_T1 = (
    "`´ˆ˜¨˝˚ˇ˘¯˙¸˛‚‹›“”„«»–—\u200c\ufffdıȷﬀﬁﬂﬃﬄ"
    + "".join(map(chr, range(32, 127))).replace("'", "’").replace("`", "‘")
    + "\u00adĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏ"
)

_LETTERS = {ord(sign): _T1[number] for number, sign in enumerate(_SIGNS, 1) if sign != "·"}
_CODES = {code: _T1[code] for code in range(0x1B, 0x20)} | {0x0B: "ﬀ", 0x0C: "ﬁ", 0x0E: "ﬃ", 0x0F: "ﬄ"}
"""Ligatures in T1 and OT1 whose code PDFium gives where a font says nothing of it. OT1's fl is its end of a line."""

_LIGATURE = re.compile(r"[\x0b\x0c\x0e\x0f\x1b-\x1f](?=[a-z])|(?<=[a-z])[\x0b\x1b]")
"""In fonts of mathematics the codes are signs: only `ff` ends a word."""

_SHARE = 0.2


def by_number(text: str) -> str:
    """The text with letters in place of such signs, and ligatures in place of codes; as long as before."""
    text = _LIGATURE.sub(lambda found: _CODES[ord(found[0])], text)
    if text.isascii():
        return text
    signs = sum(ord(char) in _LETTERS for char in text)
    return text.translate(_LETTERS) if signs > _SHARE * sum(not char.isspace() for char in text) else text
