{{ share_without_link(ref('int_missing_footage'), "subject_kind = 'request'") }}
