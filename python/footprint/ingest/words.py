"""Text to yes/no, lists and chosen words."""

from __future__ import annotations

import polars as pl

YES = ("true", "t", "yes", "y", "1", "1.0", "是", "有", "真", "√", "✓", "对")
NO = ("false", "f", "no", "n", "0", "0.0", "否", "无", "假", "×", "✗", "没有")
# Everyday Chinese words for the choices of the schema.
_CHOICE_WORDS = {
    "主播佣金": "host_commission", "佣金": "host_commission", "坑位费": "slot_fee",
    "技术": "tech", "物流": "logistics", "仓储物流": "logistics", "广告": "ads", "投放": "ads",
    "推广": "ads", "福利": "reward", "奖励": "reward", "内容": "content", "人力": "staff",
    "人员": "staff", "合规": "compliance", "保险": "insurance", "创新": "innovation",
    "其他": "other", "平台": "platform", "达人": "kol", "私域": "private", "付费": "paid",
    "直播": "live", "评价": "review", "客服": "service", "社交": "social", "人工": "human",
    "机器人": "bot", "自营": "own", "自有": "own", "合作": "partner", "核心": "core",
    "弹性": "elastic", "储备": "reserve", "试播": "trial", "测试": "test", "首播": "first",
    "常规": "regular", "会员": "member", "产地仓": "origin", "中心仓": "central", "直播仓": "live",
}  # fmt: skip
_BLANK_WORDS = ("null", "none", "nan", "n/a", "#n/a", "nil")
_BLANKS = ("", "-", "--", "---", "—", "——", "–", "－", "－－", "/", "无退款申请", "\\N", "\\n",
           "NaN", *_BLANK_WORDS, *(word.upper() for word in _BLANK_WORDS),
           *(word.capitalize() for word in _BLANK_WORDS))  # fmt: skip


def blank_to_null(text: pl.Series) -> pl.Series:
    """Cells that mean "nothing here" become null; Excel's text marks (="1", '=1) are unwrapped.

    Cells come without surrounding white space.
    """
    if (text.str.starts_with('="') | text.str.starts_with("'")).any():
        bare = text.str.replace(r'^="(.*)"$', "$1").str.replace(r"^'([=+\-@＝＋－＠'])", "$1")
        text = bare.str.strip_chars()
    return text.set(text.is_in(_BLANKS), None)


def parse_bools(text: pl.Series) -> pl.Series:
    """Booleans, null where the word is neither yes nor no."""
    words = text.str.to_lowercase()
    known = words.is_in(YES)
    return known.set(~known & ~words.is_in(NO), None)


def parse_lists(text: pl.Series) -> pl.Series:
    """Lists split at | ; 、 , and their full-width forms; brackets and quotes are dropped."""
    bare = text.str.strip_chars("[]{}()\"' ").str.replace_all(r"\s*[|｜;；、,，]\s*", "|")
    items = bare.str.replace_all(r"[\"']", "").str.split("|")
    return items.list.eval(pl.element().filter(pl.element() != ""))


def parse_choices(text: pl.Series, choices: tuple[str, ...]) -> pl.Series:
    """The schema's word for each text, by its English or everyday Chinese name; else null."""
    words = {word: choice for word, choice in _CHOICE_WORDS.items() if choice in choices}
    words |= {choice: choice for choice in choices}
    return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
