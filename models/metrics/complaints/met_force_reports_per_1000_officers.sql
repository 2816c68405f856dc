{{ per_officer_month(ref('int_force_reports'), ref('int_officer_months')) }}
