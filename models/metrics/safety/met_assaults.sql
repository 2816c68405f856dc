{{ count_by_month(ref('int_assaults'), 'month_start', parts=['is_with_injury']) }}
