-- One row per recording, at the area of the person whose camera it was; without a known person it is counted at "unknown". Here,
-- and nowhere else, its interval is made: from its start for as long as its length says, in elapsed time. A stated end confirms
-- it. Where both are written and differ from the length by more than two minutes, one of the three is wrong, nobody knows
-- which, and there is no interval; starts and ends cut to the minute differ by less. Of such a recording the end is believed
-- where the length is zero, for links and waits. A start at midnight sharp is a day without a time, and no interval either,
-- unless an end with a time confirms it.
{% set tolerance_ms = 120000 -%}
{% set day_ms = 86400000 -%}
with recordings as (
    {{ unite('recordings', [
        'stg_bodyworn__recordings',
        'stg_evidence_com__recordings',
        'stg_new_orleans__recordings',
        'stg_seattle__recordings',
        'stg_tjjd__footage'
    ]) }}
),

-- In the hour that autumn shows twice, a time is one of two moments.
moments as (
    select
        recordings.*,
        {{ milliseconds('recordings.recorded_from') }} as from_ms,
        {{ milliseconds('recordings.recorded_to') }} as end_ms,
        recordings.duration_seconds * 1000 as length_ms,
        {{ utc_ms('starts', 'recordings.recorded_from') }} as first_from_ms,
        {{ utc_ms('starts', 'recordings.recorded_from', again=true) }} as second_from_ms,
        {{ utc_ms('ends', 'recordings.recorded_to') }} as first_to_ms,
        {{ utc_ms('ends', 'recordings.recorded_to', again=true) }} as second_to_ms,
        {{ utc_ms('uploads', 'recordings.uploaded_at') }} as first_uploaded_ms,
        {{ utc_ms('uploads', 'recordings.uploaded_at', again=true) }} as second_uploaded_ms
    from recordings
    {{ join_utc_offset('starts', 'recordings', 'recorded_from') }}
    {{ join_utc_offset('ends', 'recordings', 'recorded_to') }}
    {{ join_utc_offset('uploads', 'recordings', 'uploaded_at') }}
),

-- The start is its first moment, unless only the second agrees with the end and the length.
started as (
    select
        moments.*,
        case
            when
                second_from_ms > first_from_ms
                and least(abs(first_to_ms - second_from_ms - length_ms), abs(second_to_ms - second_from_ms - length_ms))
                < least(abs(first_to_ms - first_from_ms - length_ms), abs(second_to_ms - first_from_ms - length_ms))
                then second_from_ms
            else first_from_ms
        end as from_utc_ms
    from moments
),

ended as (
    select
        started.*,
        case
            when abs(second_to_ms - from_utc_ms - length_ms) < abs(first_to_ms - from_utc_ms - length_ms) then second_to_ms
            when length_ms is null and first_to_ms < from_utc_ms then second_to_ms
            else first_to_ms
        end as stated_to_ms
    from started
),

judged as (
    select
        ended.*,
        -- A camera whose clock nobody changed agrees with its length by that clock, over a change of the others too.
        coalesce(
            abs(stated_to_ms - from_utc_ms - length_ms) <= {{ tolerance_ms }}
            or abs(end_ms - from_ms - length_ms) <= {{ tolerance_ms }},
            length_ms is null and stated_to_ms >= from_utc_ms
        ) as is_confirmed,
        from_ms % {{ day_ms }} = 0 as is_at_midnight,
        coalesce(end_ms % {{ day_ms }} = 0, true) as ends_at_midnight
    from ended
),

measured as (
    select
        judged.*,
        case
            when is_at_midnight and (ends_at_midnight or not is_confirmed) then 'time not known'
            when end_ms is not null and not is_confirmed then 'length contradicts start and end'
        end as interval_fault,
        coalesce(end_ms is not null and not is_confirmed and length_ms <> 0 and not is_at_midnight, false) as is_end_doubtful,
        coalesce(length_ms, stated_to_ms - from_utc_ms) as measured_ms
    from judged
),

placed as (
    select
        measured.*,
        case when interval_fault is null then from_utc_ms + measured_ms end as to_utc_ms,
        case
            when is_end_doubtful then null
            when end_ms is not null and not ends_at_midnight then stated_to_ms
            when interval_fault is null then coalesce(stated_to_ms, from_utc_ms + measured_ms)
        end as ended_utc_ms
    from measured
)

select
    placed.programme_id,
    placed.recording_id,
    placed.camera_id,
    placed.staff_id,
    coalesce(postings.area_id, 'unknown') as area_id,
    coalesce(postings.is_in_scope, false) as is_in_scope,
    cast(date_trunc('month', placed.recorded_from) as date) as month_start,
    placed.from_ms,
    case when not placed.is_end_doubtful then placed.end_ms end as to_ms,
    placed.from_utc_ms,
    placed.to_utc_ms,
    placed.ended_utc_ms,
    -- An upload in the hour that autumn shows twice is the one after the end.
    case
        when placed.first_uploaded_ms < placed.ended_utc_ms then placed.second_uploaded_ms
        else placed.first_uploaded_ms
    end as uploaded_utc_ms,
    placed.interval_fault,
    placed.duration_seconds,
    placed.recorded_from,
    placed.recorded_to,
    placed.triggered_from,
    placed.triggered_to,
    placed.uploaded_at,
    placed.recording_category,
    placed.is_evidential,
    placed.is_announced,
    placed.retain_until_date,
    placed.categorised_at,
    placed.reviewed_at,
    placed.deleted_at,
    placed.deletion_reason,
    placed.encounter_id,
    placed.case_id
from placed
left join {{ ref('int_staff_postings') }} as postings
    on placed.programme_id = postings.programme_id
    and placed.staff_id = postings.staff_id
    and cast(placed.recorded_from as date) >= postings.counts_from
    and cast(placed.recorded_from as date) < postings.counts_before
