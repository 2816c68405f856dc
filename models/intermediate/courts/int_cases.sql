-- One row per defendant in a case, at the area of the police who brought it.
with cases as (
    {{ unite('cases', ['stg_bodyworn__cases']) }}
)

select
    cases.programme_id,
    cases.case_id,
    cases.defendant_id,
    cases.published_area,
    case when cases.published_area is null then 'unknown' else names.area_id end as area_id,
    cast(date_trunc('month', cases.first_hearing_date) as date) as first_hearing_month,
    cases.plea = 'guilty' and cases.plea_stage = 'first_hearing' as is_early_guilty_plea,
    cast(date_trunc('month', cases.disposal_date) as date) as disposal_month,
    cases.case_outcome = 'convicted' as is_convicted,
    cases.charge_group,
    cases.is_domestic_abuse,
    cases.offence_date,
    cases.charge_date,
    cases.first_hearing_date,
    cases.plea_date,
    cases.plea,
    cases.plea_stage,
    cases.disposal_date,
    cases.case_outcome,
    cases.court,
    cases.trial_result,
    cases.camera_evidence_used,
    cases.victim_supports,
    cast(date_trunc('month', cases.charge_date) as date) as month_start
from cases
left join {{ ref('int_area_names') }} as names
    on cases.programme_id = names.programme_id and cases.published_area = names.published_name
