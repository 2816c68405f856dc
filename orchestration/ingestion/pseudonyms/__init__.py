"""Pseudonyms: how they are made, and the secret keys they are made with.

Which columns they replace is decided in `validation`.
"""
