"""Metrics of the invented programmes: topic, kind, unit, and what is counted out of what."""

METRICS = {
    "recorded_share_of_shift_hours": ("device_use", "share", "%", "hours recorded", "shift hours"),
    "recordings": ("device_use", "count", "recordings", "recordings", "none"),
    "complaints_per_1000_officers": (
        "complaints",
        "rate",
        "per 1,000 officers a year",
        "complaint logs opened",
        "officer-months (officers on the first of each month, summed)",
    ),
    "complaints_without_footage_share": (
        "complaints",
        "share",
        "%",
        "complaints without footage",
        "complaints logged",
    ),
    "recording_links": ("linking", "count", "links", "links to recordings", "none"),
    "complaints": ("complaints", "count", "complaints", "complaint logs opened", "none"),
    "conviction_share": ("case_outcomes", "share", "%", "convicted", "completed cases"),
    "early_guilty_plea": ("case_outcomes", "share", "%", "early pleas", "first hearings"),
    "early_guilty_plea_of_guilty_pleas": (
        "case_outcomes",
        "share",
        "%",
        "early pleas",
        "guilty pleas",
    ),
    "allegations_per_1000_officers": (
        "complaints",
        "rate",
        "per 1,000 officers a year",
        "allegations",
        "officer-months",
    ),
    "assaults_with_injury": ("safety", "rate", "per 1,000 officers a year", "assaults", "months"),
    "spend_gbp": ("delivery", "count", "GBP", "pounds paid", "none"),
    "upload_delay_p95_hours": (
        "footage_care",
        "quantile",
        "hours",
        "95 in 100 within (hours from end to upload)",
        "recordings uploaded",
    ),
    "subject_access_on_time_share": ("requests", "share", "%", "answered on time", "requests"),
}
