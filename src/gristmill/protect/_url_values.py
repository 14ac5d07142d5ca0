"""Validates what urls say of who follows them: names of users, sessions, tokens, links that are one reader's own."""

from __future__ import annotations

import re

from gristmill.protect._candidate import Candidate, Judged
from gristmill.protect._randomness import is_random
from gristmill.protect._urls import Parameter, parameters, within

STAND_IN_VALUE = "anon-"
"""What the pseudonyms of values in urls begin with: they are left alone."""

_LEAST, _LEAST_OF_SESSIONS = 6, 8  # characters of a value


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_USERS = _words(
    """email mail e-mail user username user_name userid user_id uid login account phone tel mobile msisdn fbclid gclid
    token t_id recipient subscriber subscriber_id subscriberid customer customerid customer_id member memberid member_id
    contact contact_id firstname lastname fname lname dob ssn"""
)
_OF_SESSIONS = _words("sid session sessionid session_id session-id phpsessid jsessionid aspsessionid cfid cftoken")
_SIGNED = _words(
    """auth sig signature hmac jwt otp magic code ticket x-amz-signature x-amz-credential x-amz-security-token
    x-goog-signature x-goog-credential"""
)
"""Whoever has the link may do what its owner may."""
_OF_MAILINGS = _words(
    """i id u e r m l c k key t s p h hash q x d data ref sub subid sub_id rid mid lid eid cid tid nid pid lid uuid guid
    userkey msgid mailid mail_id message_id list listid list_id campaign recip rcpt"""
)
"""In a link of a mailing these tell one reader from another; elsewhere they are names of things."""
_MAILING = re.compile(
    r"(?:^|[^a-z])(?:clicks?|clicktracks?|clickthru|click-?thr(?:u|ough)|track(?:ing|er|s)?|trk|unsub(?:scribe)?|opt[-_]?out"
    r"|subscri(?:be|ption|ptions)|newsletters?|mailings?|mailer|confirm(?:ation)?|verif(?:y|ication)|activat(?:e|ion)"
    r"|invit(?:e|ation)|reset|pixel|beacon)(?![a-z])"
)
_ONE_WORD = re.compile(r"[\w.:%@~=+-]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


def url_values(one: Candidate) -> list[Judged]:
    """The values of parameters of a url, and of those inside it, that name a person or act for one."""
    mailing = _MAILING.search(one.raw.lower()) is not None
    return [
        Judged("url_token", *within(one, parameter.begin, len(parameter.value)))
        for parameter in parameters(one.raw)
        if len(parameter.value) >= _LEAST
        and not parameter.value.startswith((STAND_IN_VALUE, "<"))
        and _is_personal(parameter, mailing)
    ]


def _is_personal(parameter: Parameter, mailing: bool) -> bool:
    name, value = parameter.name.removeprefix("utm_"), parameter.value
    if name in _OF_USERS:
        return True
    numbered = any(map(str.isdigit, value)) and _ONE_WORD.fullmatch(value) is not None
    if name in _OF_SESSIONS:  # `sid=02/10/08/1836210` is a story
        return numbered and len(value) >= _LEAST_OF_SESSIONS and any(map(str.isalpha, value))
    if name in _SIGNED or name.endswith(("token", "_sig", "-sig")):
        return is_random(value)
    return mailing and name in _OF_MAILINGS and numbered and not _DATE.fullmatch(value)
