{{ count_by_month(
    ref('int_links'), 'month_start', parts=['subject_kind', 'link_method', 'link_confidence']
) }}
