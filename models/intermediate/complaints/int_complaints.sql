-- One row per complaint, at its area; a complaint without a place is counted at the programme's area "unknown". One that is known
-- by its allegations alone is rolled up from them: it was made with the first, is closed with the last when all are, is upheld
-- when one is and undecided while one is and none is upheld; what its rows say differently (area, status, officer) is not stated.
with rolled_up as (
    select
        grains.programme_id,
        grains.complaint_id,
        {{ agreed('grains.published_area') }} as published_area,
        min(grains.incident_date) as incident_date,
        min(grains.complaint_date) as complaint_date,
        case when count(grains.closed_date) = count(*) then max(grains.closed_date) end as closed_date,
        {{ agreed('grains.complaint_status') }} as complaint_status,
        {{ agreed('grains.complainant_type') }} as complainant_type,
        {{ agreed('grains.investigating_agency') }} as investigating_agency,
        {{ agreed('grains.complainant_reference') }} as complainant_reference,
        case
            when max(case when outcomes.is_upheld then 1 else 0 end) = 1 then 'upheld'
            when count(grains.complaint_outcome) < count(*) then null
            when min(grains.complaint_outcome) = max(grains.complaint_outcome) then min(grains.complaint_outcome)
            when count(outcomes.is_upheld) > 0 then 'not_upheld'
        end as complaint_outcome,
        min(grains.recorded_date) as recorded_date,
        min(grains.incident_from) as incident_from,
        {{ agreed('grains.encounter_id') }} as encounter_id,
        {{ agreed('grains.staff_id') }} as staff_id,
        {{ agreed('grains.footage_available') }} as footage_available,
        {{ agreed('grains.footage_viewed') }} as footage_viewed
    from {{ ref('int_complaint_rows') }} as grains
    left join {{ ref('complaint_outcomes') }} as outcomes on grains.complaint_outcome = outcomes.complaint_outcome
    where grains.row_grain in ('allegation', 'officer_and_allegation')
    group by grains.programme_id, grains.complaint_id
),

complaints as (
    {% set columns = [
        'programme_id', 'complaint_id', 'published_area', 'incident_date', 'complaint_date', 'closed_date', 'complaint_status',
        'complainant_type', 'investigating_agency', 'complainant_reference', 'complaint_outcome', 'recorded_date',
        'incident_from', 'encounter_id', 'staff_id', 'footage_available', 'footage_viewed'
    ] | join(', ') -%}
    select {{ columns }}
    from {{ ref('int_complaint_rows') }}
    where row_grain = 'complaints'
    union all
    select {{ columns }}
    from rolled_up
)

select
    complaints.programme_id,
    complaints.complaint_id,
    complaints.published_area,
    coalesce(names.area_id, 'unknown') as area_id,
    complaints.incident_date,
    complaints.complaint_date,
    cast(date_trunc('month', complaints.complaint_date) as date) as month_start,
    complaints.closed_date,
    case
        when complaints.closed_date >= complaints.complaint_date
            then {{ dbt.datediff('complaints.complaint_date', 'complaints.closed_date', 'day') }}
    end as days_open,
    complaints.complaint_status,
    -- A log that is closed, final, expunged or deleted without a day waits for nothing, for nobody knows how long.
    complaints.closed_date is null and not coalesce(
        {% for ended in ['%closed%', 'close hold', '%final%', '%terminated%', 'expunged', 'deleted'] -%}
            {{ 'or ' if not loop.first }}lower(complaints.complaint_status) like '{{ ended }}'
        {% endfor -%},
        false
    ) as is_open,
    complaints.complainant_type,
    complaints.investigating_agency,
    categories.complaint_id is not null as has_category,
    coalesce(categories.is_force_complaint, false) as is_force_complaint,
    complaints.complainant_reference,
    complaints.complaint_outcome,
    outcomes.is_upheld,
    complaints.recorded_date,
    complaints.incident_from,
    complaints.encounter_id,
    complaints.staff_id,
    complaints.footage_available,
    complaints.footage_viewed
from complaints
left join {{ ref('int_area_names') }} as names
    on complaints.programme_id = names.programme_id and complaints.published_area = names.published_name
left join {{ ref('complaint_outcomes') }} as outcomes on complaints.complaint_outcome = outcomes.complaint_outcome
left join {{ ref('int_complaint_categories') }} as categories
    on complaints.programme_id = categories.programme_id and complaints.complaint_id = categories.complaint_id
