"""Golden cases that no study answers, each with its reason."""

EXCEPTIONS = {
    "SDC01": "a rule of rounding, held by the tests of disclosure",
}
