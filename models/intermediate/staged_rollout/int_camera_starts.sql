-- One row per area and the day on which its officers began to wear cameras: the earliest, where several spellings of the area
-- have one.
with starts as (
    {{ unite('camera_starts', [
        'stg_chicago_open_data__camera_dates',
        'stg_bodyworn__camera_starts'
    ], also={'other_reform_from': 'date'}) }}
)

select
    starts.programme_id,
    min(starts.published_area) as published_area,
    names.area_id,
    min(starts.cameras_from) as cameras_from,
    min(starts.other_reform_from) as other_reform_from
from starts
left join {{ ref('int_area_names') }} as names
    on starts.programme_id = names.programme_id and starts.published_area = names.published_name
group by starts.programme_id, names.area_id, coalesce(names.area_id, starts.published_area)
