{{ on_time_share('subject_access', 'one calendar month') }}
