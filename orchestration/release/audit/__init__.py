"""What must hold before a candidate is released, one subject per module.

A check reads the candidate and answers with what it found; it changes nothing.
"""
