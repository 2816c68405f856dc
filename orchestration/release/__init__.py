"""Releases: built aside, audited, swapped in whole; listed, compared, verified and replayed."""
