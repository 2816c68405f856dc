-- Every published finding that was looked for, with the figure as printed; a rule grades how far it may be trusted.
select
    effect_id,
    published_study,
    study_citation,
    study_country,
    site,
    study_design,
    design_class,
    unit_of_randomisation,
    units_as_printed,
    outcome_group,
    outcome_name,
    effect_measure,
    treated_value,
    control_value,
    before_value,
    after_value,
    value_unit,
    published_effect,
    effect_low,
    effect_high,
    significance_as_printed,
    case
        when published_effect is null then 'D'
        when source_kind = 'publication' and design_class = 'randomised' then 'A'
        when
            source_kind in ('publication', 'official_or_author')
            and design_class in ('randomised', 'compared', 'review')
            then 'B'
        else 'C'
    end as evidence_grade,
    source_kind,
    source_url,
    place_in_source,
    publication_note
from {{ ref('published_effects') }}
