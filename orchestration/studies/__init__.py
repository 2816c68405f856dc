"""Studies: what is asked, of which table, by which design, written down before it is answered.

A study file is read, registered, run and turned into rows and bundles here. How something is
estimated belongs in `evaluation`, which knows nothing of studies.
"""
