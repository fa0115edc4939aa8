"""What people corrected in kept sessions, as proposals for the creator's folder: measured, approved, undone."""
