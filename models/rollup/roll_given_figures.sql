-- The figures of all metrics as their met_ models give them. A table, for they are read three times over, and a plan with all
-- metrics in it takes an engine longer than its rows.
{{ unite_metrics(every_metric()) }}
