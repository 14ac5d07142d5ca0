"""Whether what stands around a listed word, or around a group of people, excuses it: rules on the cues of a window."""

from __future__ import annotations

from gristmill.text.flat import Offsets
from gristmill.text.jit import part, small_part
from gristmill.text.lexicon import Kinds
from gristmill.text.spoken_words import OPENED, QUOTED, Numbers

GROUP, SLUR, LISTED, HATE, VIOLENT, DEHUMANISING, DEROGATORY, NEGATION, SPEECH, DENOUNCING = range(1, 11)
SELF, OWN, YOU, THEY, PRAISE, REGISTER, EXCLUDING, SHOULD, EVERY, QUOTE, KINDNESS, IF = range(11, 23)
"""Kinds of cues. OWN is we, our, my; REGISTER is words of medicine, law and news; 0 is no cue."""

_NEAR, _FAR, _REACH = 4, 6, 16  # words; the last is some two sentences, as in "I know ... . I hate them."


@small_part
def _count(cues: Kinds, cued: int, kind: int) -> int:
    found = 0
    for k in range(cued):
        found += cues[k] == kind
    return found


@part
def _near(cues: Kinds, places: Numbers, cued: int, kind: int, begin: int, end: int) -> bool:
    """Whether a cue of a kind stands at one of the words `begin` to `end`, both included."""
    found = False
    for k in range(cued):
        found |= cues[k] == kind and begin <= places[k] <= end
    return found


@part
def is_spoken_of(cues: Kinds, cued: int) -> bool:
    """Whether the window denounces or reports what is said in it."""
    denounced = _count(cues, cued, DENOUNCING)
    return (denounced > 0 and (_count(cues, cued, SPEECH) > 0 or denounced > 1)) or _count(cues, cued, REGISTER) >= 2


@part
def is_excused(cues: Kinds, places: Numbers, cued: int, spans: Offsets, at: int) -> bool:
    """Whether a listed word at word `at` is quoted, denounced, reported, or said of oneself."""
    speech = _count(cues, cued, SPEECH)
    if is_spoken_of(cues, cued) or (spans[4, at] & QUOTED and speech + _count(cues, cued, DENOUNCING) > 0):
        return True
    for k in range(cued):
        if cues[k] == NEGATION and at - _FAR <= places[k] < at and _near(cues, places, cued, SPEECH, places[k], at):
            return True
    if _near(cues, places, cued, YOU, at - _NEAR, at + _NEAR) or _near(cues, places, cued, THEY, at - _NEAR, at):
        return False
    if _count(cues, cued, HATE) + _count(cues, cued, VIOLENT) + _count(cues, cued, DEHUMANISING) > 0:
        return False
    return _near(cues, places, cued, OWN, at - _NEAR, at) or _near(cues, places, cued, PRAISE, at - _NEAR, at + _NEAR)


@part
def names_a_target(cues: Kinds, places: Numbers, cued: int, spans: Offsets) -> bool:
    """Whether a group of people stands near a hateful, violent, dehumanising or excluding word, without excuse."""
    if is_spoken_of(cues, cued):
        return False
    speech = _count(cues, cued, SPEECH)
    for k in range(cued):
        at = places[k]
        negated = _near(cues, places, cued, NEGATION, at - 3, at - 1)
        against = HATE <= cues[k] <= DEROGATORY or cues[k] == EXCLUDING
        # Hatred that is denied is none, and kindness that is denied is hatred.
        if not (against and not negated) and not (cues[k] == KINDNESS and negated):
            continue
        if spans[4, at] & QUOTED and speech:
            continue
        for kind in (GROUP, SLUR):
            if _near(cues, places, cued, kind, at - _REACH, at + _REACH):
                return True
    return False


@small_part
def opens_quote(spans: Offsets, at: int) -> bool:
    """Whether a quote mark stands before word `at`."""
    return bool(spans[4, at] & OPENED)
