"""Plain names of the attribution models, for pages, exports and the glossary."""

from __future__ import annotations

from footprint.text import Text

LABELS: dict[str, Text] = {
    "first": Text("首次触点", "First touch"),
    "last": Text("末次触点", "Last touch"),
    "last_non_direct": Text("末次非直接触点", "Last touch that is not direct"),
    "linear": Text("平均分配", "Equal parts"),
    "u_shape": Text("U 形（40/20/40）", "U shape (40/20/40)"),
    "w_shape": Text("W 形（30/30/30/10）", "W shape (30/30/30/10)"),
    "time_decay": Text("时间衰减", "Time decay"),
    "step_decay": Text("步数衰减", "Step decay"),
    "participation": Text("参与（合计超过 100%）", "Participation (adds up to over 100 %)"),
    "drop_one": Text("去掉一个触点", "Drop one touch"),
    "markov": Text("马尔可夫链", "Markov chain"),
    "shapley_sum": Text("夏普利（总量）", "Shapley (sums)"),
    "shapley_rate": Text("夏普利（转化率，可为负）", "Shapley (rates, may be negative)"),
}
