-- Counted again for every area and period: a camera used in two areas is one camera of the area above them.
with used as (
    select
        recordings.programme_id,
        paths.ancestor_area_id as area_id,
        recordings.month_start,
        programmes.data_from,
        recordings.camera_id
    from {{ ref('int_recordings') }} as recordings
    inner join {{ ref('int_area_paths') }} as paths
        on recordings.programme_id = paths.programme_id and recordings.area_id = paths.area_id
    inner join {{ ref('int_programmes') }} as programmes on recordings.programme_id = programmes.programme_id
)

select
    programme_id,
    area_id,
    month_start as period_start,
    'month' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(distinct camera_id) as numerator,
    cast(null as bigint) as denominator
from used
group by all
union all
select
    programme_id,
    area_id,
    data_from as period_start,
    'window' as period_grain,
    'all' as breakdown,
    'all' as breakdown_value,
    count(distinct camera_id) as numerator,
    cast(null as bigint) as denominator
from used
group by all
