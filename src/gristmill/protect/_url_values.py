"""Validates what urls say of who follows them: names of users, sessions, tokens, links that are one reader's own."""

from __future__ import annotations

import re

from gristmill.protect._candidate import Candidate, Judged
from gristmill.protect._quoted_printable import decoded
from gristmill.protect._randomness import is_random
from gristmill.protect._url_paths import tokens_of_path
from gristmill.protect._urls import Parameter, coded_addresses, parameters, within, words_of
from gristmill.text.address_shapes import ASKS, NUMBERED

STAND_IN_VALUE = "anon-"
"""What the pseudonyms of values in urls begin with: they are left alone."""

_LEAST, _LEAST_OF_SESSIONS = 6, 8  # characters of a value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_USERS = _words(
    """email mail e-mail user username user_name userid user_id uid login account phone tel mobile fbclid gclid msisdn
    token t_id recipient subscriber subscriber_id subscriberid customer customerid customer_id member memberid member_id
    contact contact_id firstname lastname fname lname dob ssn mc_eid mkt_tok msclkid yclid dclid gbraid wbraid igshid
    _hsenc vero_id oly_enc_id upn"""
)
_OF_SESSIONS = _words("sid session sessionid session_id session-id phpsessid jsessionid aspsessionid cfid cftoken")
_SIGNED = _words(
    """auth sig signature hmac jwt otp magic code ticket x-amz-signature x-amz-credential x-amz-security-token
    x-goog-signature x-goog-credential"""
)
"""Whoever has the link may do what its owner may."""
_OF_MAILINGS = _words(
    """i id u e r m l c k key t s p h hash q qs x d data ref sub subid sub_id rid mid lid eid cid tid nid pid lid uuid
    guid userkey msgid mailid mail_id message_id list listid list_id campaign recip rcpt"""
)
"""In a link of a mailing these tell one reader from another; elsewhere they are names of things."""
_MAILING = re.compile(
    r"(?:^|[^a-z])(?:clicks?|clicktracks?|clickthru|click-?thr(?:u|ough)|track(?:ing|er|s)?|trk|unsub(?:scribe)?|opt[-_]?out"
    r"|subscri(?:be|ption|ptions)|newsletters?|mailings?|mailer|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)"
    r"|invit(?:e|ation)|reset|pixel|beacon)(?![a-z])"
)
_ONE_WORD = re.compile(r"[\w.:%@~=+-]+")
_OF_MESSAGES = re.compile(r"(?:selm|msgid|message[-_]?id)=$", re.I)
"""Names of parameters whose values are identifiers of messages, which are written like addresses."""
_LONGEST_NAME = 16
_URL = re.compile(r"[a-z]+(?::|%(?:25)*3a)(?:/|%(?:25)*2f)", re.I)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


def url_values(one: Candidate) -> list[Judged]:
    """What in a url, and in those inside it, names a person or acts for one: values, pieces of paths, addresses."""
    if not one.detail & (ASKS | NUMBERED):
        return []
    read = decoded(one.raw)
    mailing = _MAILING.search(words_of(read.text)) is not None
    found = [
        Judged("url_token", *within(one, read, begin, size))
        for begin, size in tokens_of_path(read.text)
        if not read.text.startswith((STAND_IN_VALUE, "<"), begin)
    ]
    if one.detail & ASKS:
        found += [
            Judged("url_token", *within(one, read, parameter.begin, len(parameter.value)))
            for parameter in parameters(read.text)
            if len(parameter.value) >= _LEAST
            and not parameter.value.startswith((STAND_IN_VALUE, "<"))
            and _is_personal(parameter, mailing)
        ]
        found += [
            Judged("email", *within(one, read, begin, size))
            for begin, size in coded_addresses(read.text)
            if not _OF_MESSAGES.search(read.text, max(0, begin - _LONGEST_NAME), begin)
        ]
    return found


def _is_personal(parameter: Parameter, mailing: bool) -> bool:
    name, value = parameter.name.removeprefix("utm_"), parameter.value
    if name in _OF_USERS:
        return True
    numbered = any(map(str.isdigit, value)) and _ONE_WORD.fullmatch(value) is not None
    if name in _OF_SESSIONS:  # `sid=02/10/08/1836210` is a story
        return numbered and len(value) >= _LEAST_OF_SESSIONS and any(map(str.isalpha, value))
    if name in _SIGNED or name.endswith(("token", "_sig", "-sig")):
        return is_random(value)
    known = mailing and name in _OF_MAILINGS and numbered
    return known and not _DATE.fullmatch(value) and not _URL.match(value)
