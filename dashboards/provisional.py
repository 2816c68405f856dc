"""How figures that late entries can still change look in a chart: hollow points, pale bars."""

import altair as alt

PROVISIONAL = "datum.is_provisional"
HOLLOW = alt.condition(PROVISIONAL, alt.value("white"), alt.Fill("series:N", legend=None))
PALE = alt.condition(PROVISIONAL, alt.value(0.4), alt.value(1))
