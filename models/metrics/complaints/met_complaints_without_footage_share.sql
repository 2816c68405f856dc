{{ share_without_link(ref('int_footage_gaps'), "subject_kind = 'complaint'") }}
