-- The sub-totals that the publication mixes with its forces, each against the forces it stands for. A warning,
-- since no delivered value stops a release.
{{ config(severity='warn') }}
with totals as (
    select
        programme_id,
        year_to_march,
        published_region,
        force_report_count
    from {{ ref('int_use_of_force') }}
    where is_total
),

forces as (
    select
        programme_id,
        year_to_march,
        published_region,
        force_report_count
    from {{ ref('int_use_of_force') }}
    where not is_total
),

sums as (
    select
        programme_id,
        year_to_march,
        published_region,
        sum(force_report_count) as force_sum
    from forces
    group by all
    union all
    select
        programme_id,
        year_to_march,
        'England and Wales' as published_region,
        sum(force_report_count) as force_sum
    from forces
    group by all
)

select
    totals.*,
    sums.force_sum
from totals
left join sums
    on totals.programme_id = sums.programme_id
    and totals.year_to_march = sums.year_to_march
    and totals.published_region = sums.published_region
where totals.force_report_count is distinct from sums.force_sum
