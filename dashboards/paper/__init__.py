"""The committee paper: what the pages say of one area, on two to four sheets of A4.

Its sentences, charts and sources are those of the pages; what is new here is the order, the paper
and its tags for screen readers. What other files a reader takes away belongs in `files`.
"""
