"""Studies: what is asked, of which table, by which design, written down before it is answered.

Here a study file is read, registered, run and turned into rows and bundles. How something is
estimated belongs in `evaluation`, which knows no study.
"""
