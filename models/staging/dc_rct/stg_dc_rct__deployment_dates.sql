with latest as (
    select *
    from {{ landed('dc_rct', 'deployment_dates') }} as deployment_dates
    {{ keep_latest('dc_rct', 'deployment_dates') }}
)

select
    programme_id,
    published_area,
    deployed_on,
    before_from,
    before_to,
    after_from,
    after_to,
    before_days,
    after_days
from latest
