{{ median_wait(
    ref('int_complaints'),
    'complaint_date',
    'closed_date',
    among='waiting.is_open or waiting.closed_date is not null'
) }}
