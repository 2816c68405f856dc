-- One row per area and the first day of the month in which it, or an area below it, first had a camera: by the list of devices
-- or, without one, by the day from which officers are said to wear them.
with firsts as (
    select
        programme_id,
        area_id,
        min(held_from) as first_day
    from {{ ref('int_device_periods') }}
    group by all
    union all
    select
        programme_id,
        area_id,
        cameras_from as first_day
    from {{ ref('int_camera_starts') }}
)

select
    firsts.programme_id,
    paths.ancestor_area_id as area_id,
    cast(date_trunc('month', min(firsts.first_day)) as date) as first_month
from firsts
inner join {{ ref('int_area_paths') }} as paths
    on firsts.programme_id = paths.programme_id and firsts.area_id = paths.area_id
group by all
