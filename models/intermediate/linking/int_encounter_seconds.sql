-- One row per area and period with the seconds by which filming began after an encounter and stopped before its end, among the
-- encounters where that was more than the grace of from_outset_rate: median and 90th percentile. Among all filmed encounters
-- both would be zero. A quantile is not a sum: it is worked out for every area with all it contains and for every period.
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
),

missed as (
    {% for side in ['late_start', 'early_stop'] -%}
        select
            programme_id,
            area_id,
            encounter_date,
            data_from,
            '{{ side }}' as side,
            cast({{ side }}_seconds as double) as seconds
        from filmed
        where {{ side }}_seconds > {{ var('coverage_grace_seconds') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

ordered as (
    {% for grain in ['month', 'quarter', 'year', 'window'] -%}
        select
            programme_id,
            area_id,
            side,
            '{{ grain }}' as period_grain,
            {% if grain == 'window' -%}
                data_from as period_start,
            {%- else -%}
                cast(date_trunc('{{ grain }}', encounter_date) as date) as period_start,
            {%- endif %}
            {{ values_in_order('seconds') }}
        from missed
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    programme_id,
    area_id,
    side,
    period_grain,
    period_start,
    {% for name, share in [('median', 0.5), ('p90', 0.9)] -%}
        {{ quantile(share) }} as {{ name }}_seconds,
        {{ quantile_end(share, '-') }} as {{ name }}_low,
        {{ quantile_end(share, '+') }} as {{ name }}_high,
    {% endfor -%}
    value_count as missed_count
from ordered
