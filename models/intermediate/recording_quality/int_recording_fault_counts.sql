-- One row per programme with recordings: how many of them have each fault, and how many could have it. An upload is late after
-- four days: four rest days in a row explain a camera that waits for its dock, and nothing explains more.
with recordings as (
    select
        recordings.programme_id,
        count(*) as recording_count,
        count(*) filter (where recordings.from_ms % 86400000 = 0) as without_time,
        count(*) filter (where recordings.uploaded_utc_ms - recordings.ended_utc_ms > 345600000) as uploaded_late,
        count(*) filter (where recordings.uploaded_utc_ms < recordings.ended_utc_ms) as uploaded_early,
        count(recordings.uploaded_utc_ms - recordings.ended_utc_ms) as uploaded,
        count(*) filter (where recordings.interval_fault = 'length contradicts start and end') as contradicted,
        count(recordings.recorded_to) as with_end,
        count(*) filter (where clocks.is_off) as recordings_of_cameras_off
    from {{ ref('int_recordings') }} as recordings
    left join {{ ref('int_camera_clocks') }} as clocks
        on recordings.programme_id = clocks.programme_id and recordings.camera_id = clocks.camera_id
    group by all
),

credits as (
    select
        programme_id,
        count(*) filter (where credited_to = 'nobody') as credited_to_nobody,
        count(*) filter (where credited_to = 'on no list') as credited_to_unlisted,
        count(*) filter (where credited_to <> 'nobody' and has_staff_list) as credited,
        count(*) filter (where credited_to = 'not the holder') as misattributed,
        count(*) filter (where has_holder) as with_holder
    from {{ ref('int_recording_credit') }}
    group by all
),

clocks as (
    select
        programme_id,
        count(*) as cameras_judged,
        count(*) filter (where is_off) as cameras_off,
        cast(round(median(case when is_off then cast(abs(seconds_off) as double) end)) as bigint) as median_seconds_off
    from {{ ref('int_camera_clocks') }}
    group by all
),

shifts as (
    select
        programme_id,
        count(*) as shift_count,
        count(*) filter (where to_utc_ms <= from_utc_ms) as shifts_without_time
    from {{ ref('int_shifts') }}
    group by all
),

delivered as (
    select
        programme_id,
        cast(sum(records) as bigint) as delivered_records,
        cast(sum(accepted) as bigint) as accepted_records,
        cast(sum(duplicates) as bigint) as duplicate_records,
        cast(sum(rejected) as bigint) as rejected_records
    from {{ derived('ingestion', 'ledger') }} as ledger
    where table_name in ('recordings', 'footage') and load_status = 'accepted' and counting_status in ('counts', 'stale')
    group by all
),

unclosed as (
    select
        programme_id,
        cast(sum(rejected_count) as bigint) as unclosed_records
    from {{ derived('ingestion', 'rejects') }} as rejects
    where table_name in ('recordings', 'footage') and reason = 'bad_quotes'
    group by all
)

select
    recordings.*,
    credits.credited_to_nobody,
    credits.credited_to_unlisted,
    credits.credited,
    credits.misattributed,
    credits.with_holder,
    clocks.cameras_judged,
    clocks.cameras_off,
    clocks.median_seconds_off,
    shifts.shift_count,
    shifts.shifts_without_time,
    delivered.delivered_records,
    delivered.accepted_records,
    delivered.duplicate_records,
    delivered.rejected_records,
    delivered.accepted_records - recordings.recording_count as replaced_records,
    unclosed.unclosed_records
from recordings
left join credits on recordings.programme_id = credits.programme_id
left join clocks on recordings.programme_id = clocks.programme_id
left join shifts on recordings.programme_id = shifts.programme_id
left join delivered on recordings.programme_id = delivered.programme_id
left join unclosed on recordings.programme_id = unclosed.programme_id
