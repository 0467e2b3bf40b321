"""Plain names of codes that customarily stand in the data; unknown codes name themselves."""

from __future__ import annotations

from footprint.text import Text

_CATEGORIES: dict[str, Text] = {
    "fresh": Text("生鲜", "Fresh food"),
    "fmcg": Text("快消品", "Fast-moving goods"),
    "beauty": Text("美妆", "Beauty"),
    "apparel": Text("服饰", "Apparel"),
    "food": Text("食品", "Food"),
    "home": Text("家居", "Home"),
    "health": Text("健康", "Health"),
}
_COSTS: dict[str, Text] = {
    "host_commission": Text("主播佣金", "Host commission"),
    "slot_fee": Text("坑位费", "Slot fees"),
    "tech": Text("技术", "Technology"),
    "logistics": Text("物流", "Logistics"),
    "ads": Text("投放", "Advertising"),
    "reward": Text("福利", "Rewards"),
    "content": Text("内容制作", "Content"),
    "staff": Text("人员", "Staff"),
    "compliance": Text("合规", "Compliance"),
    "insurance": Text("保险", "Insurance"),
    "innovation": Text("创新", "Innovation"),
    "other": Text("其他", "Other"),
}


def category_name(code: str) -> Text:
    """The name of a goods category."""
    return _CATEGORIES.get(code, Text(code, code))


def cost_name(code: str) -> Text:
    """The name of a cost category of the schema."""
    return _COSTS.get(code, Text(code, code))
