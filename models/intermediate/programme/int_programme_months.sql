-- One row per month of a programme's data, with its last day of which anything is known.
with months as (
    select
        programme_id,
        data_to,
        {{ each_month("cast(date_trunc('month', data_from) as date)", 'data_to') }} as first_day
    from {{ ref('int_programmes') }} as programmes
)

select
    programme_id,
    cast(first_day as date) as month_start,
    least(last_day(cast(first_day as date)), data_to) as last_day
from months
