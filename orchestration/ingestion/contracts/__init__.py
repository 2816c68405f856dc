"""Contracts of delivered tables, read from dbt's source entries without dbt.

What a contract may say, and that it says nothing else. How a value is checked against it belongs in
`validation`.
"""
