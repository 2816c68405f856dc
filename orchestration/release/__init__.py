"""Releases: built aside, audited, swapped in whole; listed, compared, verified.

A release is read from the closed warehouse and written to a folder; nothing here computes a figure.
What is hidden, and why that is safe, belongs in `disclosure`.
"""
