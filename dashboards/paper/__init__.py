"""The committee paper: what the pages say about one area, on two to four sheets of A4.

Its sentences, charts and sources are those of the pages; only the order, the paper and its tags for
screen readers belong here. Other files that a reader takes away belong in `files`.
"""
