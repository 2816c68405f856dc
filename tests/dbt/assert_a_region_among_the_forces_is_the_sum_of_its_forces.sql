-- The row taken for the region West Midlands must be what its four forces come to (published to the hundredth). A warning,
-- since no delivered value stops a release.
{{ config(severity='warn') }}
with forces as (
    select
        officers.programme_id,
        officers.calendar_year,
        areas.parent_area_id,
        sum(officers.officer_fte) as force_sum
    from {{ ref('int_officers_by_year') }} as officers
    inner join {{ ref('int_areas') }} as areas
        on officers.programme_id = areas.programme_id and officers.area_id = areas.area_id
    where not officers.is_total
    group by all
),

regions as (
    select
        officers.programme_id,
        officers.calendar_year,
        areas.parent_area_id,
        officers.officer_fte
    from {{ ref('int_officers_by_year') }} as officers
    inner join {{ ref('int_areas') }} as areas
        on officers.programme_id = areas.programme_id and officers.area_id = areas.area_id
    where officers.is_total
)

select
    regions.*,
    forces.force_sum
from regions
inner join forces
    on regions.programme_id = forces.programme_id
    and regions.calendar_year = forces.calendar_year
    and regions.parent_area_id = forces.parent_area_id
where abs(regions.officer_fte - forces.force_sum) > 0.01
