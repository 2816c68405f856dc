"""Days with day and month swapped, counted part by part as over the whole file at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ingestion.validation import day_order

# Mostly in order, with swapped dates, jumps and waits for an upload among them.
FIRST = 17_000
ROWS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1, 2, 40]),
        st.booleans(),
        st.none() | st.sampled_from([0, 1, 3, 30, -5]),
    ),
    max_size=60,
)


@given(ROWS, st.lists(st.integers(0, 9), max_size=30))
def test_odd_days_are_the_same_however_the_rows_come(
    rows: list[tuple[int, bool, int | None]], parts: list[int]
) -> None:
    steps = np.array([step for step, _, _ in rows], dtype=np.int64)
    in_order = FIRST + np.cumsum(steps)
    turned = np.array([is_turned for _, is_turned, _ in rows], dtype=np.bool_)
    days = np.where(turned, day_order._swapped(in_order), in_order)
    waits = [0 if wait is None else wait for _, _, wait in rows]
    later = in_order + np.array(waits, dtype=np.int64)
    has_later = np.array([wait is not None for _, _, wait in rows], dtype=np.bool_)
    tally, start = day_order._Tally(), 0
    for size in [*parts, len(rows)]:
        part = slice(start, start + size)
        tally.add(days[part], later[part], has_later[part])
        start += size
    assert tally.odd_rows() == _at_once(days, later, has_later)


def _at_once(days: day_order.Days, later: day_order.Days, has_later: day_order.Flagged) -> int:
    """Row by row, as the rule is said."""
    count = len(days)
    if count < day_order.KEPT_ROWS:
        return 0
    swapped = day_order._swapped(days)
    near = sum(abs(days[n + 1] - days[n]) <= day_order.NEAR_DAYS for n in range(count - 1))
    odd = 0
    for n in range(count):
        before, after = {0: (1, 2), count - 1: (count - 3, count - 2)}.get(n, (n - 1, n + 1))
        low, high = sorted((days[before], days[after]))
        fits = low - day_order.NEAR_DAYS <= swapped[n] <= high + day_order.NEAR_DAYS
        is_far = not low - day_order.FAR_DAYS <= days[n] <= high + day_order.FAR_DAYS
        by_neighbours = high - low <= day_order.NEAR_DAYS and fits and is_far
        wait, other = later[n] - days[n], later[n] - swapped[n]
        is_odd_wait = not 0 <= wait <= day_order.FAR_DAYS
        by_upload = has_later[n] and is_odd_wait and 0 <= other <= day_order.UPLOAD_DAYS
        is_in_order = near >= day_order.IN_ORDER * (count - 1)
        odd += bool(by_upload or (is_in_order and by_neighbours))
    return odd
