"""What the page Research says about itself."""

OWN = (
    "**Your own table, not ours.** Nothing that is worked out on this page comes from the release "
    "named above, and nothing of it is added to any release. What you give is held in the memory "
    "of this server while the page is open and is kept nowhere: no file, no log, no link. A study "
    "may have 1 MB and a table 50 MB."
)
OWN_TABLE = "Worked out from what was given here."
OWN_STUDY = (
    "A study is a short text: the question, the design, its keys. It holds its table or is given "
    "one. `bodyworn estimate` runs the same study without this page."
)
OWN_PLAN = (
    "How many, how long, how small a difference: by formula or by simulation, and schedules drawn "
    "from a seed that is kept. `bodyworn plan` does the same without this page."
)
REGISTER = (
    "A study confirms only if it was registered, unchanged, before its outcomes began. Anything "
    "else explores. `bodyworn study register` adds to this list; no entry can be changed later "
    "without breaking the chain."
)
