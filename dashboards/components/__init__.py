"""Parts that several pages share: the frame of a page, filters, cards, tables, comparisons.

A part of one page only belongs in `views`.
"""
