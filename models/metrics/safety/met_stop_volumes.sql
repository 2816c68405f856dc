{{ count_by_month(ref('int_encounters'), 'month_start', "encounter_kind = 'stop_and_search'") }}
