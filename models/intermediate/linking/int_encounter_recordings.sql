-- One row per encounter and recording of it. What the recording itself states comes first; then times that overlap; then, for
-- recordings that neither state a known encounter nor overlap one, the nearest encounter within the tolerance. Confidence puts
-- links in order and is no probability: 1.0 stated and close in time, 0.9 overlap, 0.7 stated but far off in time or
-- without one, 0.6 overlap of a recording that states another encounter, 0.5 within the tolerance only.
{% set columns = [
    'programme_id', 'encounter_id', 'month_start', 'recording_id', 'staff_id', 'camera_id',
    'encounter_from_ms', 'encounter_to_ms', 'has_end', 'filmed_from_ms', 'filmed_to_ms'
] | join(',\n        ') -%}
with stated as (
    select
        recordings.programme_id,
        encounters.encounter_id,
        encounters.month_start,
        recordings.recording_id,
        recordings.staff_id,
        recordings.camera_id,
        encounters.from_ms as encounter_from_ms,
        encounters.to_ms as encounter_to_ms,
        encounters.has_end,
        recordings.filmed_from_ms,
        recordings.filmed_to_ms,
        -- One that is far off in time says which encounter it was and not when: its times are not compared.
        recordings.has_time
        and recordings.from_ms <= encounters.to_ms + encounters.tolerance_ms
        and recordings.to_ms >= encounters.from_ms - encounters.tolerance_ms as is_timed
    from {{ ref('int_recording_times') }} as recordings
    inner join {{ ref('int_encounter_times') }} as encounters
        on recordings.programme_id = encounters.programme_id and recordings.encounter_id = encounters.encounter_id
),

matched as (
    select
        matches.*,
        stated.recording_id is not null as states_another,
        -- Two encounters at the same distance are both linked: a stop and the force used in it are two records of one event.
        rank() over (partition by matches.programme_id, matches.recording_id order by matches.gap_ms) as nearness
    from {{ ref('int_interval_matches') }} as matches
    left join stated
        on matches.programme_id = stated.programme_id and matches.recording_id = stated.recording_id
    where
        matches.gap_ms <= matches.tolerance_ms
        and coalesce(matches.stated_encounter_id <> matches.encounter_id, true)
),

links as (
    select
        {{ columns }},
        is_timed,
        'reference' as link_method,
        case when is_timed then 1.0 else 0.7 end as link_confidence
    from stated
    union all
    select
        {{ columns }},
        true as is_timed,
        case when gap_ms = 0 then 'interval' else 'interval_tolerance' end as link_method,
        case when gap_ms > 0 then 0.5 when states_another then 0.6 else 0.9 end as link_confidence
    from matched
    where gap_ms = 0 or (nearness = 1 and not states_another)
)

select
    {{ columns | replace('        ', '    ') }},
    is_timed,
    link_method,
    cast(link_confidence as double) as link_confidence,
    case
        when is_timed
            then greatest(0, least(filmed_to_ms, encounter_to_ms) - greatest(filmed_from_ms, encounter_from_ms)) / 1000.0
    end as overlap_seconds,
    case when is_timed then greatest(0, filmed_from_ms - encounter_from_ms) / 1000.0 end as starts_late_seconds,
    case when is_timed and has_end then greatest(0, encounter_to_ms - filmed_to_ms) / 1000.0 end as stops_early_seconds
from links
