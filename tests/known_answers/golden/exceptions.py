"""Golden cases that no study answers, each with its reason."""

NOT_YET = "its design is not written yet"

EXCEPTIONS = {
    "SDC01": "a rule of rounding, held by the tests of disclosure",
    # Trials, planning and rates.
    "PWR01": NOT_YET,
    "PWR03": NOT_YET,
    # Roll-out, series and times.
    "DID01": NOT_YET,
    "DID02": NOT_YET,
    "DID03": NOT_YET,
    "DID04": NOT_YET,
    "DID06": NOT_YET,
    "DID07": NOT_YET,
    "DID08": NOT_YET,
    "ITS01": NOT_YET,
    "SUR01": NOT_YET,
    "SUR02": NOT_YET,
    "SUR03": NOT_YET,
}
