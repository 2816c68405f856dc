"""Files that a reader takes away: released rows in, bytes of a file out.

CSV, a data package, an accessible workbook. The committee paper has a package of its own, `paper`.
"""
