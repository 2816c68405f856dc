"""Files that last, hashes and SQL text: what every package writes and compares with.

Here belongs what knows nothing of programmes, releases or deliveries. Reading a delivered file
belongs into `ingestion`, the layout of a release into `release`.
"""
