"""Files that last, hashes and SQL text: what every package writes and compares with.

Code that knows nothing of programmes, releases or deliveries belongs here. Reading a delivered file
belongs in `ingestion`, the layout of a release in `release`.
"""
