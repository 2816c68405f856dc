"""The parts of single pages, one subject per module.

A part that several pages share belongs in `components`.
"""
