-- One row per allegation under a known regime of complaints, with what its letter code meant under that regime: the same
-- letter means different things before and after.
select
    allegations.programme_id,
    allegations.complaint_id,
    allegations.area_id,
    allegations.month_start,
    allegations.published_category_code,
    regimes.complaint_regime,
    categories.complaint_family,
    categories.is_encounter_related,
    regimes.complaint_regime || ': '
    || coalesce(allegations.published_category_code || ' ' || categories.category_label, 'not stated') as regime_category,
    regimes.complaint_regime || ': ' || coalesce(categories.complaint_family, 'not stated') as regime_family
from {{ ref('int_allegations') }} as allegations
inner join {{ ref('int_programmes') }} as programmes on allegations.programme_id = programmes.programme_id
inner join {{ ref('complaint_regimes') }} as regimes
    on programmes.country = regimes.country
    and allegations.complaint_date >= regimes.regime_from
    and allegations.complaint_date <= regimes.regime_to
left join {{ ref('complaint_categories') }} as categories
    on regimes.complaint_regime = categories.complaint_regime
    and allegations.published_category_code = categories.published_category_code
