"""Who fills the order slots of a daily stream, so that second orders come at a planned rate."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from footprint.sample.calendar import month_of
from footprint.sample.world import World

WINDOW_DAYS = 30
_SOONEST, _LATEST = 2, 27
# Part of a day's orders by buyers whose first order is more than a month old.
_OLD_HANDS = 0.15


def fill_slots(
    world: World, name: str, slots: Sequence[int], rates: Sequence[float],
    closed: Collection[int] = (),
) -> list[list[int]]:  # fmt: skip
    """Buyers of each day, none twice on one day.

    ``slots`` orders per day; of the first-time buyers of month m (0 = May) the part ``rates[m]``
    orders again within 30 days. On ``closed`` days nobody buys for the first time. Old hands come
    back after more than 30 days and so leave the rate alone.
    """
    plan = _Plan(world, name, slots)
    for day, wanted in enumerate(slots):
        plan.fill(day, wanted, rates[int(month_of(np.array(day)))], day in closed)
    return plan.days


class _Plan:
    def __init__(self, world: World, name: str, slots: Sequence[int]) -> None:
        self.slots = slots
        self.days: list[list[int]] = []
        self.due: list[list[int]] = [[] for _ in slots]
        self.first_day: list[int] = []
        self.seen: dict[float, int] = {}
        self.luck = world.chance.uniform(f"{name}/gap", sum(slots))
        self.spin = world.chance.whole(f"{name}/old", len(slots), 0, 1 << 30)

    def fill(self, day: int, wanted: int, rate: float, closed: bool) -> None:
        back = self.due[day][:wanted]
        old = self._old_hands(day, wanted - len(back), closed, back)
        fresh = [] if closed else self._newcomers(day, wanted - len(back) - len(old), rate)
        self.days.append(back + old + fresh)

    def _newcomers(self, day: int, wanted: int, rate: float) -> list[int]:
        users = list(range(len(self.first_day), len(self.first_day) + wanted))
        for user in users:
            self.first_day.append(day)
            seen = self.seen[rate] = self.seen.get(rate, 0) + 1
            if np.floor(seen * rate + 0.5) > np.floor((seen - 1) * rate + 0.5):
                self._book(user, day)
        return users

    def _book(self, user: int, day: int) -> None:
        """Put the second order on a day that has room, as near as possible to the drawn gap."""
        wish = _SOONEST + int(self.luck[user] * (_LATEST - _SOONEST + 1))
        for gap in sorted(range(_SOONEST, WINDOW_DAYS), key=lambda gap: (abs(gap - wish), gap)):
            target = day + gap
            if target >= len(self.slots):
                continue
            if len(self.due[target]) < self.slots[target]:
                self.due[target].append(user)
                return

    def _old_hands(self, day: int, room: int, closed: bool, taken: list[int]) -> list[int]:
        last = int(np.searchsorted(self.first_day, day - WINDOW_DAYS))
        wanted = room if closed else min(room, round(self.slots[day] * _OLD_HANDS))
        found: list[int] = []
        for step in range(last):
            if len(found) == wanted:
                break
            user = (int(self.spin[day]) + step * 37) % last
            if user not in taken and user not in found:
                found.append(user)
        return found
