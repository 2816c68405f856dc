"""A run seen from outside: started, followed to its end, reported, reproduced.

The process, Dagster's instance and the report to whoever started the run belong here. What happens
inside an asset belongs in `steps`.
"""
