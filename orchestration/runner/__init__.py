"""A run seen from outside: started, followed to its end, reported, reproduced.

Here belong the process, Dagster's instance and what the person who started a run is told. What
happens inside an asset belongs in `steps`.
"""
