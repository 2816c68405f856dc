"""The table that the examples of designs for values by unit and period share."""

SIX_AREAS = """\
keys:
  outcome: Complaints
  unit: area
  period: year
  first: cameras_from
  value: rate
  unit_of_value: per 100 officers
inline:
  area: [a, a, a, b, b, b, c, c, c, d, d, d, e, e, e, f, f, f]
  year: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
  cameras_from: [2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, null, null, null, null, null, null]
  rate: [5.1, 4.2, 4.0, 6.0, 5.4, 5.1, 5.5, 5.6, 4.9, 4.8, 4.9, 4.1, 5.2, 5.3, 5.2, 6.1, 6.0, 6.2]
"""
