"""What the pages say about who may see them."""

SIGN_IN = "Sign in"
CLOSED = "These pages are closed."
EXPIRED = "Please sign in again."
UNKNOWN = "You are signed in, and nothing is open to you. Ask whoever looks after access.yml."
SINGLE_USER = "Single-user mode: no login; whoever uses this machine sees everything."
NO_DATA = "Your roles open no data. Roles are given in access.yml."
NO_DOWNLOAD = "Your roles let you look at this and not take it away."
LOG = (
    "Every page seen, file taken, estimate run, login and refusal, each line chained to the one "
    "before it. `bodyworn audit verify` checks all of it; docs/audit_log.md says how to check it "
    "without this software."
)
