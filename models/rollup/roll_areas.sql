-- Additive figures at every area: its own and those of all areas below it, while it existed and while they
-- belonged to it; and, as a breakdown, the same restated to a fixed geography. A metric that only some areas
-- supply stops at its highest kind of area, so that the sum of a few is not taken for the whole. An area of which a part
-- did not supply a month has none of it either.
with areas as (
    select
        programme_id,
        area_id,
        area_kind,
        area_depth,
        cast(date_trunc('month', valid_from) as date) as first_month,
        valid_to
    from {{ ref('int_areas') }}
),

highest as (
    select
        programme_id,
        area_kind,
        min(area_depth) as area_depth
    from areas
    group by all
),

every as (
    select
        figures.metric_id,
        figures.programme_id,
        paths.ancestor_area_id as area_id,
        figures.period_grain,
        figures.period_start,
        figures.breakdown,
        figures.breakdown_value,
        figures.is_stock,
        figures.period_days,
        sum(figures.numerator) as numerator,
        sum(figures.denominator) as denominator
    from {{ ref('roll_figures') }} as figures
    inner join {{ ref('int_area_histories') }} as paths
        on figures.programme_id = paths.programme_id
        and figures.area_id = paths.area_id
        and figures.period_start >= coalesce(paths.valid_from, figures.period_start)
        and figures.period_start <= coalesce(paths.valid_to, figures.period_start)
    inner join areas on paths.programme_id = areas.programme_id and paths.ancestor_area_id = areas.area_id
    left join highest on figures.programme_id = highest.programme_id and figures.highest = highest.area_kind
    where
        figures.kind not in ('distinct', 'quantile', 'survey')
        and (
            paths.steps = 0
            or (
                figures.period_start >= coalesce(areas.first_month, figures.period_start)
                and figures.period_start <= coalesce(areas.valid_to, figures.period_start)
                and (figures.highest is null or areas.area_depth >= highest.area_depth)
            )
        )
    group by all
    union all
    select
        metric_id,
        programme_id,
        area_id,
        period_grain,
        period_start,
        breakdown,
        breakdown_value,
        is_stock,
        period_days,
        numerator,
        denominator
    from {{ ref('roll_geographies') }}
)

select *
from every
where not {{ misses_a_month(
    'every', 'every.period_grain', last_day_of('every.period_grain', 'every.period_start', 'every.period_days')
) }}
