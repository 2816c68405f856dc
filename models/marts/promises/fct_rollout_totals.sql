-- What was stated of a roll-out by day, beside what the dates of the areas allow: surely as many, and possibly as many.
with bounded as (
    select
        totals.programme_id,
        totals.total_on,
        sum(case when dates.latest <= totals.total_on then 1 else 0 end) as areas_surely,
        sum(case when dates.earliest <= totals.total_on then 1 else 0 end) as areas_possibly
    from {{ ref('int_rollout_totals') }} as totals
    inner join {{ ref('int_camera_dates') }} as dates on totals.programme_id = dates.programme_id
    group by totals.programme_id, totals.total_on
)

select
    totals.programme_id,
    totals.total_on,
    totals.date_precision,
    totals.areas_with_cameras,
    totals.equipped_count,
    totals.equipped_unit,
    totals.total_words,
    totals.source_url,
    totals.support,
    totals.retrieved_on,
    cast(bounded.areas_surely as bigint) as areas_surely,
    cast(bounded.areas_possibly as bigint) as areas_possibly
from {{ ref('int_rollout_totals') }} as totals
inner join bounded on totals.programme_id = bounded.programme_id and totals.total_on = bounded.total_on
