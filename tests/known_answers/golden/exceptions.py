"""Golden cases that no study answers, each with its reason."""

NOT_YET = "its design is not written yet"

EXCEPTIONS = {
    "SDC01": "a rule of rounding, held by the tests of disclosure",
    # Trials, planning and rates.
    "PWR01": NOT_YET,
    "PWR03": NOT_YET,
}
