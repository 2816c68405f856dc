select
    programme_id,
    area_id,
    year_start as period_start,
    'year' as period_grain,
    case allegation_kind when 'all' then 'all' else 'allegation_kind' end as breakdown,
    allegation_kind as breakdown_value,
    allegation_count as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_allegations_logged') }}
