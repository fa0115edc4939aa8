"""A recorded session, looked at afterwards: its timeline, the report, what would have been otherwise, what to learn."""
