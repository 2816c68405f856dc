"""The landing folder: which files are there, which table each belongs to, and which are new.

Nothing here looks inside a file beyond its hash; that is for `formats` and `validation`.
"""
