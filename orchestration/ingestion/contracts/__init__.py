"""Contracts of delivered tables, read from dbt's source entries without dbt.

Which settings a contract may have is decided here, and any other is refused. How a value is checked
against it belongs in `validation`.
"""
