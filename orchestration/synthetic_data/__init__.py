"""Synthetic data: seeded files in the layout that a force would deliver, and their known truth.

The generator knows nothing of the code that reads its files, beyond their contracts.
"""
