{{ share_by_month(near('int_recordings'), 'month_start', counted='is_announced', among='is_announced is not null') }}
