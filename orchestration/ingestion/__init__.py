"""From files as delivered to one checked Parquet file each, with a ledger."""
