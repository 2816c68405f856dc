-- Officers of an area in a month, the exposure of rates; one row for an area, under however many spellings its numbers come.
-- Officers still on the books of a closed area are left out.
with officers as (
    {{ unite('officer_months', [
        'stg_chicago_open_data__officers_by_district_month',
        'stg_bodyworn__workforce'
    ]) }}
)

select
    officers.programme_id,
    officers.published_area,
    names.area_id,
    officers.month_start,
    officers.officer_headcount,
    officers.officer_hours,
    officers.employee_headcount,
    {{ is_contested('officers', ['month_start'], ['officer_headcount', 'officer_hours', 'employee_headcount']) }} as is_contested
from officers
left join {{ ref('int_area_names') }} as names
    on officers.programme_id = names.programme_id and officers.published_area = names.published_name
left join {{ ref('int_areas') }} as areas
    on names.programme_id = areas.programme_id and names.area_id = areas.area_id
where areas.valid_to is null or officers.month_start <= areas.valid_to
{{ one_row_per_area('officers', ['month_start']) }}
