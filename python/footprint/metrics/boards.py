"""Boards: named groupings of metrics. A new board is a new entry here."""

from __future__ import annotations

from footprint.text import Text

DEFAULT = "default"

# Requirement rows S7.2-e (the eight), S1.2.3-a and S7.1-a (the two scorecards).
BOARDS: dict[str, dict[str, tuple[str, ...]]] = {
    DEFAULT: {
        "core": (
            "gmv", "aov", "conversion", "roi", "d7_retention", "repurchase_30d", "return_rate",
            "negative_index",
        ),
    },
    "content_commercial_ecosystem": {
        "content": ("completion_rate", "conversion", "viewers"),
        "commercial": ("roi", "gmv", "aov", "repurchase_30d"),
        "ecosystem": ("kol_partners", "million_fan_ips", "category_coverage", "complaint_rate"),
    },
    "economic_user_brand": {
        "economic": ("gmv", "net_gmv", "aov", "conversion", "roi"),
        "user": ("d1_retention", "d7_retention", "d30_retention", "repurchase_30d", "new_buyers"),
        "brand": ("brand_association", "negative_index", "return_rate"),
    },
}  # fmt: skip

GROUPS: dict[str, Text] = {
    "core": Text("核心指标", "Core metrics"),
    "content": Text("内容", "Content"),
    "commercial": Text("商业", "Commerce"),
    "ecosystem": Text("生态", "Ecosystem"),
    "economic": Text("经济", "Economy"),
    "user": Text("用户", "Users"),
    "brand": Text("品牌", "Brand"),
}


def members(board: str) -> list[tuple[str, str]]:
    """(group, metric id) of a board in order."""
    return [(group, id) for group, ids in BOARDS[board].items() for id in ids]
