"""Planning: how many, how long, how small a difference, and schedules that can be checked."""
