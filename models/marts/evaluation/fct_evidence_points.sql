-- Everything that can be drawn on one scale with others: ratios of ours become per cent, as publications print them; a change
-- over time is a point of its own class beside each estimate. Measures that no publication uses stay in their own tables.
with published as (
    select
        effect_id as point_id,
        cast(null as {{ dbt.type_string() }}) as programme_id,
        false as is_local,
        concat(study_citation, ', ', site) as point_label,
        outcome_group,
        outcome_name,
        effect_measure,
        design_class,
        evidence_grade,
        published_effect as point_value,
        effect_low as point_low,
        effect_high as point_high,
        study_citation
    from {{ ref('fct_published_effects') }}
    where published_effect is not null
),

compared as (
    select
        concat('study_', study_id) as point_id,
        programme_id,
        true as is_local,
        study_title as point_label,
        outcome_group,
        outcome_name,
        'percent_difference' as effect_measure,
        design_class,
        cast(null as {{ dbt.type_string() }}) as evidence_grade,
        100 * (exp(estimate) - 1) as point_value,
        100 * (exp(interval_low) - 1) as point_low,
        100 * (exp(interval_high) - 1) as point_high,
        cast(null as {{ dbt.type_string() }}) as study_citation
    from {{ ref('fct_studies') }}
    where programme_id is not null and effect_scale = 'log_ratio' and outcome_group is not null and estimate is not null
),

changed as (
    select
        concat('change_', study_id) as point_id,
        programme_id,
        true as is_local,
        concat(study_title, ': before and after') as point_label,
        outcome_group,
        outcome_name,
        'percent_change_before_after' as effect_measure,
        'before_after' as design_class,
        cast(null as {{ dbt.type_string() }}) as evidence_grade,
        100 * (exp(before_after_estimate) - 1) as point_value,
        cast(null as double) as point_low,
        cast(null as double) as point_high,
        cast(null as {{ dbt.type_string() }}) as study_citation
    from {{ ref('fct_studies') }}
    where programme_id is not null and outcome_group is not null and before_after_estimate is not null
),

trials as (
    select
        concat('trial_', programme_id, '_', study, '_', outcome) as point_id,
        programme_id,
        true as is_local,
        'Officer trial of this programme' as point_label,
        case when outcome = 'guilty_pleas' then 'pleas' else outcome end as outcome_group,
        replace(outcome, '_', ' ') as outcome_name,
        'difference_per_1000_officers_a_year' as effect_measure,
        'randomised' as design_class,
        cast(null as {{ dbt.type_string() }}) as evidence_grade,
        estimate as point_value,
        interval_low as point_low,
        interval_high as point_high,
        cast(null as {{ dbt.type_string() }}) as study_citation
    from {{ ref('fct_estimates') }}
    where is_randomised and measure = 'difference, per 1,000 officers a year'
)

select * from published
union all
select * from compared
union all
select * from changed
union all
select * from trials
