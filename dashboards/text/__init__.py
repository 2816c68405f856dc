"""Sentences and number formats of the pages: rows in, text out.

Nothing here draws or reads a release.
"""
