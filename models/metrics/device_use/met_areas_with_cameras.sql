-- Every area whose start is known, from the first month in which its officers are counted.
select
    starts.programme_id,
    starts.area_id,
    officers.month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(*) filter (where starts.cameras_from <= officers.month_start) as numerator,
    cast(null as bigint) as denominator
from {{ ref('int_camera_starts') }} as starts
inner join {{ ref('int_officer_months') }} as officers
    on starts.programme_id = officers.programme_id and starts.area_id = officers.area_id
group by all
