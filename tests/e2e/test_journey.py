"""The journey map in a real browser: a ribbon narrows the ways, a way leads to its people."""

from __future__ import annotations

from collections.abc import Callable

from conftest import Visit

Visiting = Callable[..., Visit]


def test_a_click_on_a_ribbon_lists_the_ways_through_it(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("journey?tab=map")
    ribbons = page.locator('[data-testid="stVegaLiteChart"] svg .mark-area path')
    ribbons.first.wait_for()
    ribbons.last.dispatch_event("click")
    page.get_by_text("Only ways through:").wait_for()
    seen.settle()
    assert not seen.faults


def test_a_way_chosen_by_keyboard_lists_its_people(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("journey?tab=map")
    page.get_by_label("Which way (by keyboard)").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    seen.settle()
    page.get_by_text("List these users").click()
    seen.settle()
    page.get_by_text("GMV per user").first.wait_for()
    assert not seen.faults


def test_a_funnel_step_leads_to_the_people_lost_after_it(visit: Visiting, shop: str) -> None:
    seen = visit(shop, "en")
    page = seen.open("journey?tab=funnel")
    page.get_by_text("List these users").click()
    seen.settle()
    page.get_by_text("GMV per user").first.wait_for()
    page.get_by_label("Reached or lost").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    seen.settle()
    assert page.get_by_label("Reached or lost").input_value() == "Left after it"
    assert not seen.faults
