"""What single pages are made of, one subject per module.

A part that several pages share belongs in `components`.
"""
