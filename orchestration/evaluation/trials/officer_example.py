"""A study of an officer trial that runs: twelve invented officers in pairs."""

EXAMPLE = """\
design: officer_trial
title: Force reports of twelve officers
question: Did officers drawn for a camera report force as often?
keys:
  outcomes: [force_per_year, complaints_per_year]
  block: pair
  officer: officer
  treated: camera
  control: none
  covariates: [force_before]
  unit: a year
inline:
  officer: [a, b, c, d, e, f, g, h, i, j, k, l]
  arm: [camera, none, none, camera, camera, none, none, camera, camera, none, camera, none]
  pair: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
  force_before: [2, 1, 0, 3, 4, 2, 5, 1, 0, 2, 3, 3]
  force_per_year: [1, 2, 0, 2, 3, 4, 4, 0, 1, 2, 2, 5]
  complaints_per_year: [0, 1, 0, 1, 0, 2, 1, 0, 0, 1, 1, 1]
"""
