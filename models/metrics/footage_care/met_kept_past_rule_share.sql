{{ share_by_month(
    ref('int_recording_care'),
    'retention_month',
    counted='deleted_date is null or deleted_date > retained_until_date + 1',
    among='is_due_for_deletion'
) }}
