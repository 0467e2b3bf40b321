"""Break-even solves any one part; the plan's own example gives 5 %."""

from __future__ import annotations

from dataclasses import replace

import pytest
from footprint.errors import UsageError
from footprint.planning.break_even import PARTS, Stream, solve
from footprint.questions import ask
from footprint.scope import Scope
from footprint.store.memory import MemoryData
from hypothesis import given
from hypothesis import strategies as st

PLANS = st.builds(
    Stream,
    viewers=st.floats(100, 1e6),
    aov=st.floats(20, 2000),
    variable_share=st.floats(0.05, 0.8),
    cost_per_order=st.floats(0, 3),
    fixed=st.floats(100, 1e6),
    conversion=st.floats(0.001, 0.9),
)


def test_the_plan_s_example_breaks_even_at_five_percent():
    found = ask(MemoryData({}), "break_even", Scope(), {})
    assert found.scalars["conversion"].value == pytest.approx(0.05, abs=1e-12)
    assert found.scalars["orders"].value == pytest.approx(1000)
    assert found.scalars["gmv"].value == pytest.approx(198_000)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_example_can_be_solved_for(part):
    found = ask(MemoryData({}), "break_even", Scope(), {"solve": part, part: 1})
    assert found.scalars[part].value == pytest.approx(getattr(Stream(), part))


@given(PLANS, st.sampled_from(PARTS))
def test_the_solution_leaves_no_profit_and_no_loss(plan, part):
    try:
        solved = solve(plan, part)
    except UsageError:
        return
    assert solved.profit == pytest.approx(0, abs=1e-6 * (solved.fixed + 1))
    assert replace(solved, **{part: getattr(plan, part)}) == plan


def test_an_order_that_leaves_nothing_never_breaks_even():
    with pytest.raises(UsageError, match="no value"):
        solve(Stream(variable_share=0.99), "conversion")
    with pytest.raises(UsageError, match="no value"):
        solve(Stream(viewers=10), "conversion")


def test_the_grid_holds_the_solution_at_zero_profit():
    grid = ask(MemoryData({}), "break_even", Scope(), {}).frames["grid"]
    middle = grid.sort((grid["aov"] - 198).abs() + (grid["conversion"] - 0.05).abs()).row(0)
    assert middle == pytest.approx((198, 0.05, 0))
