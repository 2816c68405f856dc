"""Pseudonyms: the keys they are made with, and the columns they replace.

No name or number of a person leaves this package as it came.
"""
