"""Truths of content and goods: size demo, willingness, tempo, hosts, ages, trials."""

from __future__ import annotations

from footprint.sample.apparel import SIZE_FIRST, SIZE_TAG
from footprint.sample.calendar import date_of
from footprint.sample.sheets import WILLING
from footprint.sample.staff import DUEL
from footprint.sample.taste import CRAFT, ECO, YOUNG
from footprint.sample.truths.truth import Asked, Check, Truth, category
from footprint.sample.world import World


def content_truths(world: World) -> list[Truth]:
    makers = (_size_demo, _willing, _tempo, _hosts, _ages, _trial)
    return [make(world) for make in makers]


def _size_demo(world: World) -> Truth:
    before, after = world.param("PT17.before"), world.param("PT17.after")
    start = date_of(7 * (SIZE_FIRST // 2))
    return Truth(
        "PT17",
        Asked("apparel, sizes shown from the middle on", "return_change",
              scope=category("apparel"), params={"tag": SIZE_TAG}, checks=(
            Check("rate_before", "near", before, 0.005),
            Check("rate_after", "near", after, 0.005),
            Check("relative", "near", after / before - 1, 0.04),
            Check("size_share", "near", world.param("PT17.size_share"), 0.01),
            Check("top_topic", "eq", "size"),
        )),
        Asked("fresh, nothing changed on that day", "return_change", scope=category("fresh"),
              params={"change": start.isoformat()}, checks=(
            Check("verdict", "eq", "no_effect"), Check("size_share", "eq", 0.0),
        )),
    )  # fmt: skip


def _willing(world: World) -> Truth:
    tags = list(WILLING)

    def asked(tag: str, verdict: str) -> Asked:
        up, passive, down = world.param(WILLING[tag])
        total = up + passive + down
        return Asked(f"survey, {tag}", "content_nps", params={"tag": tag}, checks=(
            Check("promoters", "near", up / total, 1e-9),
            Check("nps", "near", 100 * (up - down) / total, 1e-9),
            Check("answers", "eq", total),
            Check("verdict", "eq", verdict),
        ))  # fmt: skip

    first = asked(tags[0], "effect_up")
    up, passive, down = world.param(WILLING[tags[1]])
    total = up + passive + down
    other = "tags", {"tag": tags[1]}
    both = Asked(first.where, first.question, (
        *first.checks,
        Check("promoters", "near", up / total, 1e-9, *other),
        Check("nps", "near", 100 * (up - down) / total, 1e-9, *other),
    ), first.params)  # fmt: skip
    return Truth("PT19", both, asked(tags[2], "no_effect"))


def _tempo(world: World) -> Truth:
    ask = {"outcome": "dwell", "factor": "bgm_tempo"}
    return Truth(
        "PT20",
        Asked("fresh, tempo and dwell", "factor_screen", scope=category("fresh"), params=ask,
              checks=(
            Check("rho", "near", world.param("PT20.rho"), 0.08),
            Check("p_adjusted", "lt", 0.05),
        )),
        Asked("beauty, tempo by chance", "factor_screen", scope=category("beauty"), params=ask,
              checks=(
            Check("rho", "near", 0.0, 0.1), Check("p_value", "gt", 0.05),
        )),
    )  # fmt: skip


def _hosts(world: World) -> Truth:
    rates = {}
    for host, counts in zip(DUEL, world.param("PT23.counts"), strict=True):
        sold, seen = (sum(pair[side] for pair in counts) for side in (0, 1))
        rates[host] = sold / seen, [pair[0] / pair[1] for pair in counts]
    weights = [sum(counts[k][1] for counts in world.param("PT23.counts")) for k in (0, 1)]
    mixed = {
        host: sum(w * r for w, r in zip(weights, parts, strict=True)) / sum(weights)
        for host, (_, parts) in rates.items()
    }
    worse, better = DUEL[1], DUEL[0]
    row = {host: ("hosts", {"host_id": host}) for host in DUEL}
    return Truth(
        "PT23",
        Asked("two hosts in fmcg and food", "host_ranking",
              scope={"where": {"host_id": ",".join(DUEL)}}, checks=(
            Check("leader_raw", "eq", worse), Check("leader_fair", "eq", better),
            *(Check("rate", "near", rates[host][0], 1e-9, *row[host]) for host in DUEL),
            *(Check("rate_same_mix", "near", mixed[host], 1e-9, *row[host]) for host in DUEL),
        )),
        Asked("home, both hosts alike", "host_ranking", scope=category("home"),
              checks=(Check("reversed", "eq", 0),)),
    )  # fmt: skip


def _ages(world: World) -> Truth:
    ask = {"band": YOUNG}
    return Truth(
        "PT40",
        Asked("young people and eco videos", "age_index", params={**ask, "tag": ECO}, checks=(
            Check("index", "near", world.param("PT40.index"), 0.02),
            Check("p_value", "lt", 0.05),
        )),
        Asked("young people and craft videos", "age_index", params={**ask, "tag": CRAFT}, checks=(
            Check("index", "near", 1.0, 0.02), Check("p_value", "gt", 0.05),
        )),
    )  # fmt: skip


def _trial(world: World) -> Truth:
    trial, formal = world.param("PT43.r")
    return Truth(
        "PT43",
        Asked("fmcg, a week on trial and after", "trial_returns", scope=category("fmcg"), checks=(
            Check("rate_trial", "near", trial, 0.005),
            Check("rate_formal", "near", formal, 0.0005),
            Check("relative", "near", formal / trial - 1, 0.05),
        )),
        Asked("fresh, as many back as before", "trial_returns", scope=category("fresh"), checks=(
            Check("verdict", "ne", "effect_up"), Check("verdict", "ne", "effect_down"),
        )),
    )  # fmt: skip
