"""The outside to events: one file per platform, and what all of them share."""
