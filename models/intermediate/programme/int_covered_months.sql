-- Months that the deliveries of a feed cover, of all areas (no area_id) or of one; that they enter without covering them; and
-- that they leave out: a refused file was to bring them, or the file of one area is not there. Files of events cover months by
-- their dates and names, as the ledger has them; monthly statistics cover the months of their rows.
with of_rows as (
    select distinct
        programme_id,
        'case_outcomes' as feed,
        area_id,
        month_start
    from {{ ref('int_case_outcomes') }}
    union all
    select distinct
        programme_id,
        'street_crimes' as feed,
        area_id,
        month_start
    from {{ ref('int_street_crimes') }}
    union all
    select distinct
        programme_id,
        'borough_crimes' as feed,
        area_id,
        month_start
    from {{ ref('int_borough_crimes') }}
    union all
    select distinct
        programme_id,
        'officer_months' as feed,
        area_id,
        month_start
    from {{ ref('int_officer_months') }}
    union all
    select distinct
        outcomes.programme_id,
        'court_outcomes' as feed,
        outcomes.area_id,
        months.month_start
    from {{ ref('int_court_outcomes') }} as outcomes
    inner join {{ ref('int_programme_months') }} as months
        on outcomes.programme_id = months.programme_id
        and outcomes.quarter_start = cast(date_trunc('quarter', months.month_start) as date)
)

select
    programme_id,
    feed,
    source_name || '.' || table_name as delivered_as,
    area_id,
    month_start,
    coverage,
    false as is_of_rows
from {{ derived('ingestion', 'covered_months') }} as delivered
union all
select
    programme_id,
    feed,
    feed as delivered_as,
    area_id,
    month_start,
    'covered' as coverage,
    true as is_of_rows
from of_rows
where area_id is not null
