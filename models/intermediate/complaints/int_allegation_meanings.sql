-- One row per allegation, with what its letter code meant under the regime of complaints of its day: the same letter means
-- different things before and after. Under no known regime only what is an allegation one by one counts, and its letter says
-- nothing. A sub-code that the list does not have (C2, B10) means what its letter does;
-- only the rules of 2020 have sub-codes, and B4 under the earlier ones is no sexual assault but a code of the later ones.
with coded as (
    select
        allegations.*,
        upper(trim(published_category_code)) as whole_code,
        case
            when try_cast(substr(trim(published_category_code), 2) as integer) is not null
                then upper(substr(trim(published_category_code), 1, 1))
        end as letter_code
    from {{ ref('int_allegations') }} as allegations
)

select
    allegations.programme_id,
    allegations.complaint_id,
    allegations.area_id,
    allegations.month_start,
    allegations.published_category_code,
    allegations.category_code,
    regimes.complaint_regime,
    coalesce(categories.complaint_family, letters.complaint_family) as complaint_family,
    coalesce(categories.is_encounter_related, letters.is_encounter_related) as is_encounter_related,
    regimes.complaint_regime || ': ' || coalesce(
        categories.published_category_code || ' ' || categories.category_label,
        letters.published_category_code || ' ' || letters.category_label,
        'not stated'
    ) as regime_category,
    regimes.complaint_regime || ': ' || coalesce(categories.complaint_family, letters.complaint_family, 'not stated')
        as regime_family
from coded as allegations
inner join {{ ref('int_programmes') }} as programmes on allegations.programme_id = programmes.programme_id
left join {{ ref('complaint_regimes') }} as regimes
    on programmes.country = regimes.country
    and allegations.complaint_date >= regimes.regime_from
    and allegations.complaint_date <= regimes.regime_to
left join {{ ref('complaint_categories') }} as categories
    on regimes.complaint_regime = categories.complaint_regime
    and allegations.whole_code = categories.published_category_code
left join {{ ref('complaint_categories') }} as letters
    on regimes.complaint_regime = letters.complaint_regime
    and regimes.complaint_regime = 'from_2020'
    and allegations.letter_code = letters.published_category_code
where regimes.complaint_regime is not null or allegations.is_one_by_one
