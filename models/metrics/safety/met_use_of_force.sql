select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    force_report_count as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_use_of_force') }}
where not is_total
