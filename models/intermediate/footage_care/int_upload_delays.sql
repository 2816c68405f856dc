-- One row per area and period with the median and the 95th percentile of the hours from the end of a recording to its
-- upload. A percentile is not a sum: it is worked out for every area with all it contains and for every length of period.
with delays as (
    select
        care.programme_id,
        paths.ancestor_area_id as area_id,
        care.recorded_date,
        programmes.data_from,
        cast(care.upload_delay_ms as double) / 3600000 as delay_hours
    from {{ ref('int_recording_care') }} as care
    inner join {{ ref('int_area_paths') }} as paths
        on care.programme_id = paths.programme_id and care.area_id = paths.area_id
    inner join {{ ref('int_programmes') }} as programmes
        on care.programme_id = programmes.programme_id
        and care.recorded_date between programmes.data_from and programmes.data_to
    where care.upload_delay_ms is not null
),

ordered as (
    {% for grain in ['month', 'quarter', 'year', 'window'] -%}
        select
            programme_id,
            area_id,
            '{{ grain }}' as period_grain,
            {% if grain == 'window' -%}
                data_from as period_start,
            {%- else -%}
                cast(date_trunc('{{ grain }}', recorded_date) as date) as period_start,
            {%- endif %}
            {{ values_in_order('delay_hours') }}
        from delays
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    programme_id,
    area_id,
    period_grain,
    period_start,
    {% for name, share in [('median', 0.5), ('p95', 0.95)] -%}
        {{ quantile(share) }} as {{ name }}_hours,
        {{ quantile_end(share, '-') }} as {{ name }}_low,
        {{ quantile_end(share, '+') }} as {{ name }}_high,
    {% endfor -%}
    value_count as recording_count
from ordered
