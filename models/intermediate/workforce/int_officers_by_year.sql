-- Officers on 31 March. Where a region bears the name of one of its forces, the larger figure is the region's.
with officers as (
    {{ unite('officers_by_year', ['stg_home_office__officers_by_year']) }}
),

latest as (
    select *
    from officers
    qualify arrival = max(arrival) over (partition by programme_id, published_area, calendar_year)
)

select
    latest.programme_id,
    latest.published_area,
    names.area_id,
    latest.calendar_year,
    latest.officer_fte,
    row_number() over (
        partition by latest.programme_id, latest.published_area, latest.calendar_year
        order by latest.officer_fte, latest.record_number
    ) > 1 as is_total
from latest
left join {{ ref('int_area_names') }} as names
    on latest.programme_id = names.programme_id and latest.published_area = names.published_name
