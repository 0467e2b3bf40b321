"""Another shop: most planted numbers differ from the defaults."""

from __future__ import annotations

from typing import Any

CHANGED: dict[str, Any] = {
    "PT01.p_tag": 0.10,
    "PT01.p_plain": 0.05,
    "PT02.base": 0.06,
    "PT02.weekend": 1.4,
    "PT02b.rel": 1.2,
    "PT03.break_s": 2.4,
    "PT03.exit_hi": 0.12,
    "PT03.slow_share": 0.2,
    "PT03b.conv_remote": 0.03,
    "PT04.gmv_share": 0.06,
    "PT04.margin_niche": 0.5,
    "PT04.margin_rest": 0.08,
    "PT05.share": [0.05, 0.08, 0.1, 0.15, 0.2, 0.3],
    "PT06.bad": 0.4,
    "PT08.hits": 12,
    "PT09.conversions": {
        "K": 200, "P>K": 300, "K>P": 100, "K>Q>P": 150, "P": 700, "Q": 300, "A": 200, "A>P": 250,
        "P>A>Q": 90,
    },
    "PT10.a": [14, 600],
    "PT10.c": [2, 30],
    "PT11.tag": 0.57,
    "PT13.r30": [0.12, 0.25],
    "PT14.rates": [0.08, 0.12],
    "PT15.buyers": [140, 146],
    "PT16.n": [4000, 3400],
    "PT18.head": [0.45, 0.30, 0.25],
    "PT18.second": [0.55, 0.25, 0.20],
    "PT21.bad": [0.020, 0.025, 0.028],
    "PT22.logistics": 0.36,
    "PT24.burst": 400,
    "PT26.fixed": 45840,
    "PT33.bargain": 30,
    "PT33.pairs": 6,
    "PT44.duplicate_lines": 9,
    "PT44.negative_amounts": 2,
    "PT44.orphan_streams": 4,
    "PT44.gmv_mismatch_streams": 3,
}  # fmt: skip
