"""Pages over the released tables: they select and explain, and never compute a figure.

`app_pages` is the menu, `views` what a page is made of, `components` what several pages share;
`charts` draws, `text` says, `data` reads the release.
"""
