"""Personal data stopped at the door: people become keyed pseudonyms, contacts in text are masked.

A phone number, identity number or e-mail address that stands for a person is replaced by a keyed
hash, equal in every file of one workspace and useless outside it; inside free text it is masked
(138****5678). Columns that mean nothing to the schema are not kept at all.
"""

from __future__ import annotations

import hashlib
import re

import polars as pl

# Columns that name a person; all other ``*_id`` columns are codes and are left alone.
PERSON_COLUMNS = frozenset({"user_id", "referrer_id", "subject_id", "rater", "author_id"})
_PERSONAL_HEADING = re.compile(
    r"手机|电话|邮箱|身份证|证件|收货人|收件人|会员名|买家昵称|姓名|地址|phone|mobile|e-?mail|address|id.?card",
    re.IGNORECASE,
)
_D = "[0-9０-９]"
_GAP = "[ \\-－]?"
_PHONE = f"((?:[+＋]?(?:86|８６){_GAP})?)([1１][3-9３-９]{_D}){_GAP}{_D}{{4}}{_GAP}({_D}{{4}})"
_IDENTITY = (
    f"([1-9１-９]{_D}{{2}}){_D}{{3}}(?:19|20|１９|２０){_D}{{2}}[01０１]{_D}[0-3０-３]{_D}"
    f"{_D}{{3}}[0-9０-９XxＸｘ]"
)
_EMAIL = r"([A-Za-z0-9])[A-Za-z0-9._%+\-]*[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+"
# The block of SHA-256 in bytes.
_BLOCK = 64
_ADDRESS = r"(?:省|自治区|市).{0,12}(?:区|县|市|镇|乡).{0,30}(?:路|街|道|巷|村|号|栋|室|单元)"
# Contacts that the platform has masked already: 138****5678, 张**.
_HIDDEN_CONTACT = r"^1\d{2}\*{4}\d{4}$"
# A column is personal when such a share of its values is.
_MANY = 0.3
_EDGE_L, _EDGE_R = "(^|[^0-9０-９])", "($|[^0-9０-９])"
_SUSPECT = f"[@＠]|{_D}{_D}{_D}"


def is_personal_heading(heading: str) -> bool:
    """Whether a heading names contact data of a person."""
    return bool(_PERSONAL_HEADING.search(heading))


def personal_by_value(values: pl.Series) -> bool:
    """Whether many values of a column are phone or identity numbers, e-mails or addresses."""
    seen = values.drop_nulls()
    if seen.is_empty():
        return False
    whole = seen.str.contains(f"^(?:{_PHONE}|{_IDENTITY}|{_EMAIL})$") | seen.str.contains(_ADDRESS)
    hidden = seen.str.contains(_HIDDEN_CONTACT)
    return float((whole | hidden).mean() or 0) >= _MANY  # type: ignore[arg-type]


def shown(values: pl.Series, personal: bool) -> pl.Series:
    """Values for a screen: contacts in them masked; of personal ones the first letters only."""
    if not personal:
        return masked(values)
    return values.str.replace(f"^{_PHONE}$", "$1$2****$3").str.replace(
        r"^([^*]{1,2})[^*]{2,}$", "$1***"
    )


def pseudonyms(values: pl.Series, heading: str, key: bytes, *, every: bool = False) -> pl.Series:
    """Person ids with contact data replaced by keyed hashes (``u_`` and 20 hex digits).

    Under a personal heading, or when asked for, every value is replaced, else each that looks like
    contact data.
    """
    if every or is_personal_heading(heading):
        personal = values.is_not_null() & ~values.str.contains(r"^u_[0-9a-f]{20}$")
    else:
        whole = f"^(?:{_PHONE}|{_IDENTITY}|{_EMAIL})$"
        personal = values.str.contains(whole).fill_null(False)
    if not personal.any():
        return values
    seen = values.filter(personal).unique()
    return values.replace(seen, _pseudonyms(seen, key))


def masked(text: pl.Series) -> pl.Series:
    """Free text with phone numbers, identity numbers and e-mail addresses masked."""
    if not text.str.contains(_SUSPECT).any():
        return text
    # Twice, because two numbers may share the letter between them.
    for _ in range(2):
        text = text.str.replace_all(f"{_EDGE_L}{_IDENTITY}{_EDGE_R}", "$1$2***************$3")
        text = text.str.replace_all(f"{_EDGE_L}{_PHONE}{_EDGE_R}", "$1$2$3****$4$5")
    return text.str.replace_all(_EMAIL, "$1***@***")


def _pseudonyms(values: pl.Series, key: bytes) -> pl.Series:
    """HMAC-SHA256 of each value, with the two keyed states made once (RFC 2104)."""
    padded = key if len(key) <= _BLOCK else hashlib.sha256(key).digest()
    padded = padded.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    names = []
    for value in values.to_list():
        message, whole = inner.copy(), outer.copy()
        message.update(value.strip().lower().encode())
        whole.update(message.digest())
        names.append(f"u_{whole.hexdigest()[:20]}")
    return pl.Series(names, dtype=pl.String)
