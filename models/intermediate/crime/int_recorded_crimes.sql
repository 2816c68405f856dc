-- One row per recorded crime, at its area, with how its investigation ended; outcome code 0 is not yet an outcome.
with crimes as (
    {{ unite('recorded_crimes', ['stg_bodyworn__crimes']) }}
)

select
    crimes.programme_id,
    crimes.crime_id,
    crimes.recorded_date,
    crimes.published_area,
    names.area_id,
    crimes.charge_group,
    crimes.is_domestic_abuse,
    crimes.outcome_code,
    crimes.outcome_date,
    crimes.victim_supports,
    crimes.camera_evidence_used,
    crimes.case_id,
    cast(date_trunc('month', crimes.recorded_date) as date) as month_start
from crimes
left join {{ ref('int_area_names') }} as names
    on crimes.programme_id = names.programme_id and crimes.published_area = names.published_name
