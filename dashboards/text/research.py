"""What the page Research says about itself."""

OWN = (
    "**Your own table, not ours.** Nothing that is worked out on this page comes from the release "
    "named above, and nothing of it is added to any release. What you give is held in the memory "
    "of this server while the page is open and is kept nowhere: no file, no log, no link. A study "
    "may have 1 MB and a table 50 MB. It runs in a process of its own, "
    "with 4,000 MB of memory and ten minutes of processor time at most, and ends with your visit."
)
OWN_TABLE = "Worked out from what was given here."
OWN_STUDY = (
    "A study is a short text: the question, the design, its keys. It holds its table or is given "
    "one. `bodyworn estimate` runs the same study without this page."
)
OWN_PLAN = (
    "How many, how long, how small a difference: by formula or by simulation, and schedules made "
    "from a seed that is kept. `bodyworn plan` does the same without this page."
)
REGISTER = (
    "A study confirms only if it was registered, unchanged, before its outcomes began. Anything "
    "else explores. `bodyworn study register` adds to this list; no entry can be changed later "
    "without breaking the chain."
)
PLANS = {
    "plan_counts": "How small a fall of a count can be found",
    "plan_clusters": "How many teams are needed",
    "plan_officers": "How small a difference between officers can be found",
    "plan_proportions": "How many people are needed to find a difference between two shares",
    "plan_design_effect": "How many times as many people it takes to randomise whole teams",
    "plan_shifts": "How often a trial of shifts would find a difference",
    "plan_teams": "How often a trial of teams within boroughs would find a difference",
}
#: What is asked of a plan, by its keys: a label for every number of the key.
FIELDS = {
    "proportions": ("Share in one arm", "Share in the other arm"),
    "size": ("People in each arm",),
    "cluster_size": ("People in a cluster",),
    "icc": ("Correlation within a cluster",),
    "expected_control": ("Events expected without cameras",),
    "treated_share": ("Share of the exposure with cameras",),
    "dispersion": ("Dispersion (1 where events come one by one)",),
    "ratio": ("Rate with cameras, over the rate without",),
    "events_per_cluster": ("Events expected in a team without cameras",),
    "variation": ("Variation of true rates between teams (k)",),
    "clusters_per_arm": ("Teams in each arm",),
    "officers": ("Officers with cameras", "Officers without"),
    "deviation": ("Standard deviation between officers",),
    "difference": ("Difference to be found",),
    "weeks": ("Weeks",),
    "shifts_a_week": ("Shifts a week",),
    "events_a_shift": ("Events expected on a shift without cameras",),
    "carry_over": ("Share of the difference that carries over",),
    "extra": ("Further events that follow on each",),
    "strata": ("Boroughs",),
    "teams": ("Teams in each borough",),
    "treated": ("Of these with cameras",),
    "events_a_team": ("Events expected in a team without cameras",),
    "power": ("Power that is wanted",),
    "alpha": ("Level of the test",),
    "runs": ("Trials to simulate",),
    "seed": ("Seed",),
}
