"""The four trials that the examples of averages over sites share."""

FOUR_TRIALS = """\
  outcome: Complaints
  is_randomised: true
  label: site
  from_rates:
    treated_events: treated
    treated_exposure: treated_hours
    control_events: control
    control_exposure: control_hours
inline:
  site: [east, north, south, west]
  treated: [12, 30, 9, 0]
  treated_hours: [40000, 90000, 35000, 5000]
  control: [20, 33, 11, 0]
  control_hours: [41000, 88000, 36000, 5200]
"""
