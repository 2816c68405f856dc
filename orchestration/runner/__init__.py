"""A run seen from outside: started, followed to its end, reported, reproduced.

Here belong the process, Dagster's instance and the report to whoever started the run. What happens
inside an asset belongs in `steps`.
"""
