-- "Admin Finalised" cases carry unsuccessful outcomes only: they ended unheard, so no conviction was possible.
with latest as (
    select *
    from {{ landed('cps', 'case_outcomes') }} as outcomes
    {{ keep_latest('cps', 'case_outcomes') }}
)

select
    programme_id,
    make_date(
        cast(calendar_year as {{ dbt.type_int() }}), cast(month_number as {{ dbt.type_int() }}), 1
    ) as month_start,
    published_area,
    published_area = 'National' as is_total,
    principal_offence,
    conviction_count,
    unsuccessful_count
from latest
