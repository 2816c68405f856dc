{{ on_time_share('freedom_of_information', '20 working days') }}
