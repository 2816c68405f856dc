-- Recordings are gathered by their dates first, so that months are joined to a few rows and not to every recording.
with panels as (
    select
        months.programme_id,
        months.month_start,
        months.last_day,
        min(panels.panel_date) as panel_date
    from {{ ref('int_programme_months') }} as months
    inner join {{ ref('int_scrutiny_panels') }} as panels
        on months.programme_id = panels.programme_id and months.last_day < panels.panel_date
    group by all
),

gathered as (
    select
        programme_id,
        area_id,
        coalesce(recording_category, 'not categorised') as recording_category,
        recorded_date,
        retained_until_date,
        coalesce(deleted_date, date '9999-12-31') as deleted_date,
        count(*) as recording_count
    from {{ ref('int_recording_care') }}
    where retained_until_date is not null
    group by all
),

expiring as (
    select
        gathered.programme_id,
        gathered.area_id,
        gathered.recording_category,
        panels.month_start,
        case
            when
                gathered.recorded_date <= panels.last_day
                and gathered.deleted_date > panels.last_day
                and gathered.retained_until_date >= panels.last_day
                and gathered.retained_until_date < panels.panel_date
                then gathered.recording_count
            else 0
        end as recording_count
    from gathered
    inner join panels on gathered.programme_id = panels.programme_id
)

{% for part in ['all', 'recording_category'] -%}
    select
        programme_id,
        area_id,
        month_start as period_start,
        'month' as period_grain,
        '{{ part }}' as breakdown,
        {{ part_value(part) }} as breakdown_value,
        cast(sum(recording_count) as bigint) as numerator,
        cast(null as bigint) as denominator
    from expiring
    group by all
    {{ 'union all' if not loop.last }}
{% endfor %}
