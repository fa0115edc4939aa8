"""Written to spoken: figures, money, units, dates, numbers of all kinds and names in the words that a person would say."""
