"""One delivered file against its contract: what is accepted, flagged and rejected, and why.

Nothing here decides where a file is kept, or whether it is new.
"""
