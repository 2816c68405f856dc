-- Force reported in a year to March by force, region and nation; a later file replaces an earlier one of the same year.
with force_reports as (
    {{ unite('use_of_force', ['stg_home_office__use_of_force']) }}
),

latest as (
    select *
    from force_reports
    qualify arrival = max(arrival) over (partition by programme_id, year_to_march)
)

select
    latest.programme_id,
    latest.published_area,
    latest.published_region,
    case when not latest.is_total then names.area_id end as area_id,
    latest.is_total,
    latest.year_to_march,
    make_date(latest.year_to_march - 1, 4, 1) as year_start,
    latest.force_report_count
from latest
left join {{ ref('int_area_names') }} as names
    on latest.programme_id = names.programme_id and latest.published_area = names.published_name
