-- One row per recorded crime with what its outcome code means. Code 0, no code and a code that is not in the list are not
-- assigned yet, and belong in no denominator.
select
    crimes.programme_id,
    crimes.crime_id,
    crimes.area_id,
    crimes.is_domestic_abuse,
    crimes.camera_evidence_used,
    crimes.victim_supports,
    crimes.outcome_code,
    cast(date_trunc('month', crimes.recorded_date) as date) as recorded_month,
    cast(date_trunc('month', crimes.outcome_date) as date) as outcome_month,
    coalesce(codes.is_assigned, false) as is_assigned,
    coalesce(codes.crime_outcome_family = 'charged summonsed', false) as is_charged,
    coalesce(codes.is_victim_attrition, false) as is_victim_attrition
from {{ ref('int_recorded_crimes') }} as crimes
left join {{ ref('crime_outcome_codes') }} as codes on crimes.outcome_code = codes.outcome_code
