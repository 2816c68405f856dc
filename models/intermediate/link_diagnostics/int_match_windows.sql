-- One row per encounter or complaint and recording that its officer and time link to it within twice the tolerance, or a
-- reference whatever the tolerance: by how many milliseconds they miss each other. Of encounters near which a recording
-- lies, only the nearest is linked.
-- Most recordings overlap an encounter; they are left out before the rest are ranked, so that millions need no sorting.
with overlapping as (
    select
        programme_id,
        recording_id
    from {{ ref('int_interval_matches') }}
    where gap_ms = 0
),

separate as (
    select
        matches.programme_id,
        matches.recording_id,
        matches.encounter_id,
        matches.stated_encounter_id,
        matches.tolerance_ms,
        matches.gap_ms
    from {{ ref('int_interval_matches') }} as matches
    left join overlapping on matches.programme_id = overlapping.programme_id and matches.recording_id = overlapping.recording_id
    where matches.gap_ms > 0 and overlapping.recording_id is null
),

nearest as (
    select
        separate.programme_id,
        separate.encounter_id,
        separate.tolerance_ms,
        separate.gap_ms,
        rank() over (partition by separate.programme_id, separate.recording_id order by separate.gap_ms) as nearness
    from separate
    left join {{ ref('int_encounters') }} as stated
        on separate.programme_id = stated.programme_id and separate.stated_encounter_id = stated.encounter_id
    where stated.encounter_id is null
),

links as (
    select
        recordings.programme_id,
        recordings.encounter_id,
        0 as gap_ms,
        0 as tolerance_ms
    from {{ ref('int_encounter_recordings') }} as recordings
    where recordings.link_method <> 'interval_tolerance'
    union all
    select
        programme_id,
        encounter_id,
        gap_ms,
        tolerance_ms
    from nearest
    where nearness = 1
)

select
    links.programme_id,
    'encounter' as subject_kind,
    links.encounter_id as subject_id,
    encounters.area_id,
    encounters.month_start,
    links.gap_ms,
    links.tolerance_ms
from links
inner join {{ ref('int_encounters') }} as encounters
    on links.programme_id = encounters.programme_id and links.encounter_id = encounters.encounter_id
union all
select
    matches.programme_id,
    'complaint' as subject_kind,
    matches.complaint_id as subject_id,
    complaints.area_id,
    complaints.month_start,
    matches.gap_ms,
    matches.tolerance_ms
from {{ ref('int_incident_matches') }} as matches
inner join {{ ref('int_complaints') }} as complaints
    on matches.programme_id = complaints.programme_id and matches.complaint_id = complaints.complaint_id
