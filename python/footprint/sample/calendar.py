"""The days of the sample world: 28 whole weeks, Monday 2026-05-04 to Sunday 2026-11-15.

Times inside the generator are whole seconds of shop time (Asia/Shanghai has no summer time) since
1970-01-01 00:00 shop time.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

TZ = "Asia/Shanghai"
UTC_OFFSET_S = 8 * 3600
FIRST = date(2026, 5, 4)
WEEKS = 28
DAYS = 7 * WEEKS
LAST = FIRST + timedelta(days=DAYS - 1)
EPOCH_DAY = FIRST.toordinal() - date(1970, 1, 1).toordinal()
DAY_S = 86_400

# The two shopping festivals and how much busier the shop is in those weeks.
WEEK_618 = 6
WEEK_DOUBLE_11 = 27
REPORT_WEEK = "2026-W46"
_BUSY = {WEEK_618: 1.5, WEEK_DOUBLE_11 - 1: 1.25, WEEK_DOUBLE_11: 2.0}


def day_of(day: date) -> int:
    """Number of a calendar day, 0 = the first day of the world."""
    return (day - FIRST).days


def date_of(day: int) -> date:
    return FIRST + timedelta(days=int(day))


def moment(day: np.ndarray | int, second: np.ndarray | int = 0) -> np.ndarray:
    """Seconds of shop time for a day number and a second of that day."""
    return (np.asarray(day, dtype=np.int64) + EPOCH_DAY) * DAY_S + second


def busy(day: np.ndarray | int) -> np.ndarray:
    """How much busier than usual each day is; the same for all days of a week."""
    factors = np.array([_BUSY.get(week, 1.0) for week in range(WEEKS)])
    return factors[np.asarray(day) // 7]


def weekend(day: np.ndarray) -> np.ndarray:
    return np.asarray(day) % 7 >= 5


def month_of(day: np.ndarray) -> np.ndarray:
    """Months since May 2026: 0 = May, 6 = November."""
    first_of_month = [day_of(date(2026, month, 1)) for month in range(6, 12)]
    return np.searchsorted(np.array(first_of_month), np.asarray(day), side="right")
