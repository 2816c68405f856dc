"""The landing folder: which files lie there, whose they are, and which of them are new.

Nothing here looks inside a file beyond its hash; that is for `formats` and `validation`.
"""
