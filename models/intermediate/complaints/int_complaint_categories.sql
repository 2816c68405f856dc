-- One row per complaint whose categories were published, and whether any of them alleges force.
with categories as (
    {{ unite('complaint_categories', [
        ref('stg_chicago_open_data__complaint_categories'),
        ref('stg_bodyworn__allegations')
    ], also={'closed_date': 'date', 'category_name': 'string', 'is_force_category': 'boolean'}) }}
)

select
    programme_id,
    complaint_id,
    max(case when is_force_category then 1 else 0 end) = 1 as is_force_complaint
from categories
group by all
