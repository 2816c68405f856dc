{{ share_by_month(
    ref('int_recording_care'),
    'retention_month',
    counted='deleted_date between retained_until_date and retained_until_date + 1',
    among='is_due_for_deletion'
) }}
