-- One list that posts a person to two areas from one day: the row that stands last counts, and whoever keeps the list is to say
-- which is right. A warning, since no delivered value stops a release.
{{ config(severity='warn') }}
select
    programme_id,
    posted_from_date,
    count(distinct staff_id) as staff_count
from (
    select
        programme_id,
        staff_id,
        posted_from_date,
        arrival
    from {{ ref('int_officers') }}
    group by all
    having count(distinct published_area) > 1
) as contested
group by all
