{{ share_without_link(ref('int_unlinked_recordings')) }}
