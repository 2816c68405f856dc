{{ count_by_month(ref('int_recorded_complaints'), 'month_start') }}
