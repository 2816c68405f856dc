-- The figures of all metrics as their met_ models give them, within the days that the programme's files speak of.
with united as (
    {{ unite_metrics([
        ref('met_areas_with_cameras'),
        ref('met_cameras_in_use'),
        ref('met_clips'),
        ref('met_complaints'),
        ref('met_complaints_by_incident_date'),
        ref('met_complaints_per_1000_officers'),
        ref('met_complaints_with_a_category'),
        ref('met_complaints_with_a_closing_date'),
        ref('met_complaints_with_a_district'),
        ref('met_conviction_share'),
        ref('met_crime_outcome_share'),
        ref('met_days_to_close'),
        ref('met_early_guilty_plea'),
        ref('met_footage_hours'),
        ref('met_footage_hours_by_shift_match'),
        ref('met_force_complaints_per_1000_officers'),
        ref('met_force_reports_per_1000_officers'),
        ref('met_incident_date_completeness'),
        ref('met_magistrates_conviction_share'),
        ref('met_officers'),
        ref('met_recorded_crimes'),
        ref('met_recorded_share_of_all_shift_hours'),
        ref('met_recorded_share_of_shift_hours'),
        ref('met_shift_hours_by_footage_match'),
        ref('met_trial_complaints'),
        ref('met_trial_force_reports'),
        ref('met_trial_guilty_pleas'),
        ref('met_trial_officers'),
        ref('met_use_of_force_per_1000_officers')
    ]) }}
)

select
    united.metric_id,
    united.programme_id,
    united.area_id,
    united.period_grain,
    united.period_start,
    united.breakdown,
    united.breakdown_value,
    united.numerator,
    united.denominator,
    metrics.kind,
    metrics.is_stock,
    metrics.highest,
    metrics.period_days
from united
inner join {{ ref('int_metric_definitions') }} as metrics on united.metric_id = metrics.metric_id
inner join {{ ref('int_programmes') }} as programmes on united.programme_id = programmes.programme_id
where
    united.area_id is not null
    and united.period_start >= cast(date_trunc('month', programmes.data_from) as date)
    and united.period_start <= programmes.data_to
