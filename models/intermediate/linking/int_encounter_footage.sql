-- One row per encounter with at least one recording: all its recordings together, whichever officer's. A gap is time within the
-- encounter, after filming began, in which no camera ran. Links whose times are not compared count as footage and nothing more.
with ordered as (
    select
        links.*,
        max(filmed_to_ms) over (
            partition by programme_id, encounter_id, is_timed
            order by filmed_from_ms, filmed_to_ms
            rows between unbounded preceding and 1 preceding
        ) as filmed_until_ms
    from {{ near('int_encounter_recordings') }} as links
),

measured as (
    select
        ordered.*,
        case
            when is_timed and filmed_until_ms is not null
                then greatest(0, least(filmed_from_ms, encounter_to_ms) - greatest(filmed_until_ms, encounter_from_ms))
        end as gap_ms
    from ordered
)

select
    programme_id,
    encounter_id,
    month_start,
    count(*) as recording_count,
    count(distinct camera_id) as camera_count,
    max(case when link_method = 'reference' then 1 else 0 end) = 1 as is_matched_by_reference,
    max(case when link_method <> 'interval_tolerance' then 1 else 0 end) = 1 as is_matched_without_tolerance,
    max(link_confidence) as link_confidence,
    max(case when is_timed then 1 else 0 end) = 1 as is_timed,
    min(starts_late_seconds) as late_start_seconds,
    min(stops_early_seconds) as early_stop_seconds,
    max(coalesce(gap_ms, 0)) / 1000.0 as longest_gap_seconds
from measured
group by programme_id, encounter_id, month_start
