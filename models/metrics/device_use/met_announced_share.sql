{{ share_by_month(ref('int_recordings'), 'month_start', counted='is_announced', among='is_announced is not null') }}
