{# Median days from one date to another by Kaplan and Meier (1958): the first day by which at least half are estimated to
   have got there, those not there yet counting for as long as they were watched, that is up to `left_on` (a date on which
   they left without getting there) or the day of the extract. Null when fewer than half got there. Rows whose dates are in
   the wrong order are left out, and so are those that do not fit `among`. A median is not a sum: it is worked out for every
   area with all it contains and for every length of period; in parts for years and the whole window. The 95% interval is
   that of Brookmeyer and Crowley (1982, Biometrics 38:29) on the scale of logarithms with Greenwood's variance, as R's
   survfit gives it: the first days by which the lower and the upper limit of the share still waiting are one half or less. #}
{% macro median_wait(relation, started, ended, left_on=none, parts=[], among='true') -%}
with waits as (
    select
        waiting.programme_id,
        paths.ancestor_area_id as area_id,
        waiting.{{ started }} as started_on,
        programmes.data_from,
        {% for part in parts -%}
            {{ part_value(part) }} as part_{{ part }},
        {% endfor -%}
        coalesce(waiting.{{ ended }} <= programmes.extracted_on, false) as is_reached,
        {{ dbt.datediff(
            'waiting.' ~ started,
            'least(coalesce(waiting.' ~ ended ~ (', waiting.' ~ left_on if left_on else '')
            ~ ', programmes.extracted_on), programmes.extracted_on)',
            'day'
        ) }} as days_watched
    from {{ relation }} as waiting
    inner join {{ ref('int_area_paths') }} as paths
        on waiting.programme_id = paths.programme_id and waiting.area_id = paths.area_id
    inner join {{ ref('int_programmes') }} as programmes
        on waiting.programme_id = programmes.programme_id
        and waiting.{{ started }} between programmes.data_from and programmes.data_to
    where {{ among }}
),

cells as (
    {% for grain, part in waiting_cells(parts) -%}
        select '{{ grain }}' as period_grain, '{{ part }}' as breakdown
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

periods as (
    select
        waits.programme_id,
        waits.area_id,
        cells.period_grain,
        {# One pass over the waits whatever the number of cells: an engine would read them again for each part of a union. -#}
        case cells.period_grain
            {% for grain in ['month', 'quarter', 'year'] -%}
                when '{{ grain }}' then cast(date_trunc('{{ grain }}', waits.started_on) as date)
            {% endfor -%}
            else waits.data_from
        end as period_start,
        cells.breakdown,
        case
            {% for part in parts -%}
                when cells.breakdown = '{{ part }}' then waits.part_{{ part }}
            {% endfor -%}
            when cells.breakdown = 'all' then 'all'
        end as breakdown_value,
        waits.days_watched,
        count(*) as watched_count,
        count(*) filter (where waits.is_reached) as reached_count
    from waits
    cross join cells
    where waits.days_watched >= 0
    group by all
),

at_risk as (
    select
        periods.*,
        sum(watched_count) over (
            partition by programme_id, area_id, period_grain, period_start, breakdown, breakdown_value
            order by days_watched desc
        ) as risk_count
    from periods
),

survival as (
    select
        at_risk.*,
        sum(
            case
                when reached_count = risk_count then cast(-100 as decimal(28, 12))
                else cast(ln(1 - cast(reached_count as double) / risk_count) as decimal(28, 12))
            end
        ) over (
            partition by programme_id, area_id, period_grain, period_start, breakdown, breakdown_value
            order by days_watched
        ) as log_share_waiting,
        sqrt(cast(sum(
            case
                when reached_count = risk_count then cast(1000000000 as decimal(28, 12))
                else cast(
                    cast(reached_count as double) / risk_count / (risk_count - reached_count) as decimal(28, 12)
                )
            end
        ) over (
            partition by programme_id, area_id, period_grain, period_start, breakdown, breakdown_value
            order by days_watched
        ) as double)) as log_error
    from at_risk
),

medians as (
    select
        programme_id,
        area_id,
        period_start,
        period_grain,
        breakdown,
        breakdown_value,
        -- The last digits of a logarithm are not kept, so half is half with a margin far below one case.
        {% for name, moved in [('median', ''), ('low', ' - ' ~ z() ~ ' * log_error'), ('high', ' + ' ~ z() ~ ' * log_error')] -%}
            cast(min(days_watched) filter (where log_share_waiting{{ moved }} <= ln(0.5) + 0.000000001) as decimal(18, 6))
                as {{ name }}_days,
        {% endfor -%}
        cast(sum(watched_count) as bigint) as watched_count
    from survival
    group by all
)

select
    programme_id,
    area_id,
    period_start,
    period_grain,
    breakdown,
    breakdown_value,
    median_days as numerator,
    watched_count as denominator,
    case when high_days is not null then low_days end as interval_low,
    case when high_days is not null then high_days end as interval_high,
    'Brookmeyer and Crowley' as interval_method
from medians
{%- endmacro %}


{# Every length of period for the whole, and the long ones for the parts. #}
{% macro waiting_cells(parts) -%}
    {%- set cells = [('month', 'all'), ('quarter', 'all'), ('year', 'all'), ('window', 'all')] -%}
    {%- for part in parts -%}
        {%- do cells.extend([('year', part), ('window', part)]) -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}
