"""Pages over the released tables: they select and explain, and never compute a figure.

`app_pages` is the menu, `views` are the parts of one page, `components` those that several pages
share; `charts` draws, `text` words, `data` reads the release.
"""
