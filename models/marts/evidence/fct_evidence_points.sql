-- Every point of the evidence chart, on a scale that it shares with others: our ratios become per cent, as publications print
-- them, and a change over time is a point of its own class.
-- A study of a synthetic programme is no finding: it has no point among those of the world.
with real_programmes as (
    select programme_id
    from {{ ref('dim_programme') }}
    where not is_synthetic
),

published as (
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

-- The scale of a study decides with which published measure it shares a chart, and how its figures become that measure. Scales
-- that no publication prints (hazards, slopes, differences in a unit of their own) have no point.
compared as (
    select
        concat('study_', study_id) as point_id,
        programme_id,
        true as is_local,
        study_title as point_label,
        outcome_group,
        outcome_name,
        case
            when effect_scale in ('log_ratio', 'ratio', 'percent_change') and design_class = 'before_after'
                then 'percent_change_before_after'
            when effect_scale in ('log_ratio', 'ratio', 'percent_change') then 'percent_difference'
            when effect_scale = 'log_odds_ratio' then 'percent_difference_of_odds'
            when effect_scale = 'standardised_difference' then 'standardised_difference'
            when effect_scale = 'rate_difference' then 'difference_per_1000_officers_a_year'
            when effect_scale = 'proportion_difference' then 'percentage_points'
            when effect_scale = 'proportion' then 'share_percent'
        end as effect_measure,
        design_class,
        cast(null as {{ dbt.type_string() }}) as evidence_grade,
        {% for point, figure in [('value', 'estimate'), ('low', 'interval_low'), ('high', 'interval_high')] %}
            case
                when effect_scale in ('log_ratio', 'log_odds_ratio') then 100 * (exp({{ figure }}) - 1)
                when effect_scale = 'ratio' then 100 * ({{ figure }} - 1)
                when effect_scale in ('proportion_difference', 'proportion') then 100 * {{ figure }}
                else {{ figure }}
            end as point_{{ point }},
        {% endfor %}
        cast(null as {{ dbt.type_string() }}) as study_citation
    from {{ ref('fct_studies') }}
    where
        programme_id in (select programme_id from real_programmes)
        and outcome_group is not null
        and estimate is not null
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
    where
        programme_id in (select programme_id from real_programmes)
        and outcome_group is not null
        and before_after_estimate is not null
)

select * from published
union all
select * from compared
where effect_measure is not null
union all
select * from changed
