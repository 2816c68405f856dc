-- One row per area and period with the median seconds by which filming began after and stopped before an encounter. A median is
-- not a sum: it is worked out for every area with all it contains and for every length of period.
with filmed as (
    select
        coverage.programme_id,
        paths.ancestor_area_id as area_id,
        coverage.encounter_date,
        programmes.data_from,
        coverage.late_start_seconds,
        coverage.early_stop_seconds
    from {{ ref('int_encounter_coverage') }} as coverage
    inner join {{ ref('int_area_paths') }} as paths
        on coverage.programme_id = paths.programme_id and coverage.area_id = paths.area_id
    inner join {{ ref('int_programmes') }} as programmes
        on coverage.programme_id = programmes.programme_id
        and coverage.encounter_date between programmes.data_from and programmes.data_to
    where coverage.late_start_seconds is not null or coverage.early_stop_seconds is not null
),

periods as (
    {% for grain in ['month', 'quarter', 'year', 'window'] -%}
        select
            programme_id,
            area_id,
            '{{ grain }}' as period_grain,
            {% if grain == 'window' -%}
                data_from as period_start,
            {%- else -%}
                cast(date_trunc('{{ grain }}', encounter_date) as date) as period_start,
            {%- endif %}
            late_start_seconds,
            early_stop_seconds
        from filmed
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    programme_id,
    area_id,
    period_grain,
    period_start,
    cast(median(cast(late_start_seconds as double)) as decimal(18, 6)) as median_late_seconds,
    count(late_start_seconds) as timed_count,
    cast(median(cast(early_stop_seconds as double)) as decimal(18, 6)) as median_early_seconds,
    count(early_stop_seconds) as ended_count
from periods
group by all
