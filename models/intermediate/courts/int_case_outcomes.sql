-- Completed prosecutions by area, month and principal offence; the publisher's total is marked, not dropped.
with outcomes as (
    {{ unite('case_outcomes', ['stg_cps__case_outcomes']) }}
)

select
    outcomes.programme_id,
    outcomes.published_area,
    names.area_id,
    outcomes.is_total,
    outcomes.month_start,
    outcomes.principal_offence,
    outcomes.conviction_count,
    outcomes.unsuccessful_count,
    {{ is_contested(
        'outcomes', ['month_start', 'principal_offence', 'is_total'], ['conviction_count', 'unsuccessful_count']
    ) }} as is_contested
from outcomes
left join {{ ref('int_area_names') }} as names
    on outcomes.programme_id = names.programme_id and outcomes.published_area = names.published_name
{{ one_row_per_area('outcomes', ['month_start', 'principal_offence', 'is_total']) }}
