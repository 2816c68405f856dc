-- One row per area and month: crimes recorded there, and the bounds of the day on which its officers first wore cameras. The days
-- are those of a programme's public record, the crimes those of the programme that its `outcomes_from` names; both call an area
-- by one id. Studies of a roll-out whose days are known within bounds read it; it is not released.
with dates as (
    select
        camera_dates.programme_id,
        programmes.outcomes_from,
        camera_dates.area_id,
        camera_dates.earliest,
        camera_dates.latest
    from {{ ref('int_camera_dates') }} as camera_dates
    inner join {{ ref('int_programmes') }} as programmes on camera_dates.programme_id = programmes.programme_id
    where programmes.outcomes_from is not null
),

neighbours as (
    select
        dates.programme_id,
        pairs.area_id,
        min(dates.earliest) as neighbours_from
    from {{ ref('area_neighbours') }} as pairs
    inner join dates on pairs.neighbour_area_id = dates.area_id
    group by all
),

crimes as (
    select
        programme_id,
        area_id,
        month_start,
        sum(case when major_category = 'Violence Against the Person' then crime_count else 0 end) as violence_count,
        sum(case when major_category = 'Robbery' then crime_count else 0 end) as robbery_count,
        sum(case when major_category = 'Drug Offences' then crime_count else 0 end) as drug_offence_count,
        sum(case when minor_category = 'Bicycle Theft' then crime_count else 0 end) as bicycle_theft_count
    from {{ ref('int_borough_crimes') }}
    group by all
)

select
    dates.programme_id,
    dates.area_id,
    crimes.month_start,
    dates.earliest,
    dates.latest,
    neighbours.neighbours_from,
    cast(crimes.violence_count as bigint) as violence_count,
    cast(crimes.robbery_count as bigint) as robbery_count,
    cast(crimes.drug_offence_count as bigint) as drug_offence_count,
    cast(crimes.bicycle_theft_count as bigint) as bicycle_theft_count
from dates
inner join crimes on dates.outcomes_from = crimes.programme_id and dates.area_id = crimes.area_id
left join neighbours on dates.programme_id = neighbours.programme_id and dates.area_id = neighbours.area_id
