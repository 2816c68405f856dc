-- What is wrong with recordings as they were delivered, each fault with how many have it among how many that could.
-- Four rest days in a row explain a camera that waits for its dock; nothing explains more.
with recordings as (
    select
        programme_id,
        count(*) as recordings,
        count(*) filter (where from_ms % 86400000 = 0) as untimed,
        count(*) filter (where {{ milliseconds('uploaded_at') }} - to_ms > 345600000) as late,
        count(*) filter (where uploaded_at is not null and to_ms is not null) as uploaded
    from {{ ref('int_recordings') }}
    group by all
),

credits as (
    select
        programme_id,
        count(*) filter (where credited_to = 'nobody') as nobodys,
        count(*) filter (where credited_to = 'on no list') as unlisted,
        count(*) filter (where credited_to <> 'nobody' and has_staff_list) as credited,
        count(*) filter (where credited_to = 'not the holder') as misattributed,
        count(*) filter (where has_holder) as held
    from {{ ref('int_recording_credit') }}
    group by all
),

clocks as (
    select
        programme_id,
        count(*) as cameras,
        count(*) filter (where is_off) as wrong,
        cast(round(median(case when is_off then cast(abs(seconds_off) as double) end)) as bigint) as seconds
    from {{ ref('int_camera_clocks') }}
    group by all
),

by_wrong_clocks as (
    select
        recordings.programme_id,
        count(*) as recordings
    from {{ ref('int_recordings') }} as recordings
    inner join {{ ref('int_camera_clocks') }} as clocks
        on recordings.programme_id = clocks.programme_id and recordings.camera_id = clocks.camera_id
    where clocks.is_off
    group by all
),

delivered as (
    select
        programme_id,
        cast(sum(records) as bigint) as records,
        cast(sum(accepted) as bigint) as accepted,
        cast(sum(duplicates) as bigint) as duplicates,
        cast(sum(rejected) as bigint) as rejected
    from {{ derived('ingestion', 'ledger') }} as ledger
    where table_name in ('recordings', 'footage') and fate = 'accepted'
    group by all
),

unclosed as (
    select
        programme_id,
        cast(sum(rejected_count) as bigint) as records
    from {{ derived('ingestion', 'rejects') }} as rejects
    where table_name in ('recordings', 'footage') and reason = 'bad_quotes'
    group by all
)

{% for order, fault, unit, found, among in footage_faults() -%}
    select
        recordings.programme_id,
        cast({{ order }} as bigint) as fault_order,
        '{{ fault }}' as fault,
        '{{ unit }}' as fault_unit,
        cast(coalesce({{ found }}, 0) as bigint) as found_count,
        {{ among }} as among_count
    from recordings
    left join credits on recordings.programme_id = credits.programme_id
    left join clocks on recordings.programme_id = clocks.programme_id
    left join by_wrong_clocks on recordings.programme_id = by_wrong_clocks.programme_id
    left join delivered on recordings.programme_id = delivered.programme_id
    left join unclosed on recordings.programme_id = unclosed.programme_id
    where {{ among }} > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
