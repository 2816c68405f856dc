-- One row per shift, at the area of the person's posting, or else at the area the shift itself names; its times by the local
-- clock and in UTC, whose difference is the time worked.
with shifts as (
    {{ unite('shifts', ['stg_bodyworn__shifts', 'stg_tjjd__shifts'], also={'is_worked': 'boolean'}) }}
)

select
    shifts.programme_id,
    shifts.shift_id,
    shifts.staff_id,
    coalesce(postings.area_id, names.area_id, 'unknown') as area_id,
    coalesce(postings.is_in_scope, false) as is_in_scope,
    shifts.is_worked,
    cast(date_trunc('month', shifts.shift_from) as date) as month_start,
    {{ milliseconds('shifts.shift_from') }} as from_ms,
    {{ milliseconds('shifts.shift_to') }} as to_ms,
    {{ utc_ms('starts', 'shifts.shift_from') }} as from_utc_ms,
    case
        when {{ utc_ms('ends', 'shifts.shift_to') }} < {{ utc_ms('starts', 'shifts.shift_from') }}
            then {{ utc_ms('ends', 'shifts.shift_to', again=true) }}
        else {{ utc_ms('ends', 'shifts.shift_to') }}
    end as to_utc_ms
from shifts
{{ join_utc_offset('starts', 'shifts', 'shift_from') }}
{{ join_utc_offset('ends', 'shifts', 'shift_to') }}
left join {{ ref('int_staff_postings') }} as postings
    on shifts.programme_id = postings.programme_id
    and shifts.staff_id = postings.staff_id
    and cast(shifts.shift_from as date) >= postings.counts_from
    and cast(shifts.shift_from as date) < postings.counts_before
left join {{ ref('int_area_names') }} as names
    on shifts.programme_id = names.programme_id and shifts.published_area = names.published_name
