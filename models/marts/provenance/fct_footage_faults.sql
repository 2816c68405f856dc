-- Faults of recordings as they were delivered, a row each: its place in the list, its name, what it is counted in, how many have
-- it and how many could have it.
{% set faults = [
    (1, 'turned away', 'records', 'rejected_records', 'delivered_records'),
    (2, 'turned away for a quote that is not closed', 'records', 'unclosed_records', 'delivered_records'),
    (3, 'repeated within a file', 'records', 'duplicate_records', 'delivered_records'),
    (4, 'replaced by a later file', 'records', 'replaced_records', 'accepted_records'),
    (5, 'credited to nobody', 'recordings', 'credited_to_nobody', 'recording_count'),
    (6, 'credited to an officer on no staff list', 'recordings', 'credited_to_unlisted', 'credited'),
    (7, 'credited to an officer to whom the camera was not issued', 'recordings', 'misattributed', 'with_holder'),
    (8, 'with a day and no time (midnight)', 'recordings', 'without_time', 'recording_count'),
    (9, 'uploaded more than four days after the end', 'recordings', 'uploaded_late', 'uploaded'),
    (10, 'with a clock that is off', 'cameras', 'cameras_off', 'cameras_judged'),
    (11, 'made by a camera whose clock is off', 'recordings', 'recordings_of_cameras_off', 'recording_count'),
    (12, 'by which such a clock is off, middle of them', 'seconds', 'median_seconds_off', 'cameras_off'),
    (13, 'with a length more than two minutes off start and end', 'recordings', 'contradicted', 'with_end'),
    (14, 'uploaded before the end', 'recordings', 'uploaded_early', 'uploaded'),
    (15, 'shifts that end when they begin or before, and hold no footage', 'shifts', 'shifts_without_time', 'shift_count')
] -%}
{% for order, fault, unit, found, among in faults -%}
    select
        programme_id,
        cast({{ order }} as bigint) as fault_order,
        '{{ fault }}' as fault,
        '{{ unit }}' as fault_unit,
        cast(coalesce({{ found }}, 0) as bigint) as found_count,
        {{ among }} as among_count
    from {{ ref('int_recording_fault_counts') }}
    where {{ among }} > 0
    {{ 'union all' if not loop.last }}
{% endfor %}
