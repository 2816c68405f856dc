-- What each recording of staff in scope adds to the footage of its person, cut at clock hours: one row per recording and hour,
-- from and before which millisecond of UTC. A time that an earlier recording of the person covers is left out, so that an hour of
-- one person counts once, whether two cameras ran or one recording stands under three numbers. Pieces of a second or less are
-- dropped; they come from clocks that are a moment early or late.
with known as (
    select
        programme_id,
        area_id,
        staff_id,
        recording_id,
        month_start,
        from_utc_ms,
        to_utc_ms,
        max(to_utc_ms) over (
            partition by programme_id, staff_id
            order by from_utc_ms, to_utc_ms, recording_id
            rows between unbounded preceding and 1 preceding
        ) as filmed_before_ms
    from {{ ref('int_recordings') }}
    where is_in_scope and to_utc_ms > from_utc_ms
),

added as (
    select
        programme_id,
        area_id,
        staff_id,
        recording_id,
        month_start,
        greatest(from_utc_ms, coalesce(filmed_before_ms, from_utc_ms)) as from_utc_ms,
        to_utc_ms
    from known
),

cut as (
    select
        added.*,
        {{ clock_hours('from_utc_ms', 'to_utc_ms') }} as hour_ms
    from added
    where to_utc_ms > from_utc_ms
),

pieces as (
    select
        programme_id,
        area_id,
        staff_id,
        recording_id,
        month_start,
        hour_ms,
        greatest(from_utc_ms, hour_ms) as filmed_from_ms,
        least(to_utc_ms, hour_ms + 3600000) as filmed_before_ms
    from cut
)

select *
from pieces
where filmed_before_ms - filmed_from_ms > 1000
