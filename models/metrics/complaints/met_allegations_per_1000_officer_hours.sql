{{ rate_per_officer(ref('int_allegation_meanings'), exposure='officer_hours') }}
