{{ count_by_month(ref('int_force_reports'), 'month_start') }}
