-- Published figures of how far cameras are switched on, each with its own definition; no two kinds are one measure.
select
    activation_id,
    agency,
    country,
    measure_kind,
    measure_name,
    counted_what,
    published_from,
    published_to,
    published_value,
    published_unit,
    published_numerator,
    published_denominator,
    who_counts,
    comparable_metric,
    source_title,
    source_url,
    support,
    retrieved_on,
    activation_note
from {{ ref('published_activation') }}
