"""What must hold before a candidate is released, one subject per module.

A check reads the candidate and returns its findings; it changes nothing.
"""
