"""What English units, currencies, months and the like are called."""

from __future__ import annotations

import re

MONEY = {
    "$": ("dollar", "cent"),
    "US$": ("U S dollar", "cent"),
    "A$": ("Australian dollar", "cent"),
    "C$": ("Canadian dollar", "cent"),
    "HK$": ("Hong Kong dollar", "cent"),
    "€": ("euro", "cent"),
    "£": ("pound", "pence"),
    "¥": ("yuan", ""),
    "USD": ("U S dollar", "cent"),
    "EUR": ("euro", "cent"),
    "GBP": ("pound", "pence"),
    "CNY": ("yuan", ""),
    "RMB": ("yuan", ""),
    "JPY": ("yen", ""),
    "AUD": ("Australian dollar", "cent"),
    "CAD": ("Canadian dollar", "cent"),
    "HKD": ("Hong Kong dollar", "cent"),
}
NO_PLURAL = {"yuan", "yen", "pence", "hertz", "gigahertz", "megahertz", "kilohertz"}
UNITS = {
    "kg": "kilogram", "g": "gram", "mg": "milligram", "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter",
    "ml": "milliliter", "mL": "milliliter", "L": "liter", "l": "liter", "W": "watt", "kW": "kilowatt", "V": "volt",
    "mAh": "milliamp hour", "Ah": "amp hour", "Wh": "watt hour", "kWh": "kilowatt hour", "mA": "milliamp",
    "GB": "gigabyte", "TB": "terabyte", "MB": "megabyte", "KB": "kilobyte", "GHz": "gigahertz", "MHz": "megahertz",
    "kHz": "kilohertz", "Hz": "hertz", "MP": "megapixel", "px": "pixel", "dB": "decibel", "fps": "frame per second",
    "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "s": "second", "sec": "second",
    "secs": "second", "ms": "millisecond", "oz": "ounce", "fl oz": "fluid ounce", "lb": "pound", "lbs": "pound",
    "ft": "foot", "in": "inch", "yd": "yard", "mi": "mile", "gal": "gallon", "mph": "mile per hour",
    "km/h": "kilometer per hour", "m2": "square meter", "sq ft": "square foot", "cm2": "square centimeter",
    "pcs": "piece", "pc": "piece", "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", '"': "inch",
}  # fmt: skip
IRREGULAR = {"foot": "feet", "inch": "inches", "square foot": "square feet"}
# Behind a unit: "480g and", where "a 65W charger" has no plural.
NO_NOUNS = {
    "about", "above", "across", "after", "against", "and", "apart", "are", "around", "at", "away", "before",
    "behind", "below", "between", "but", "by", "compared", "deep", "during", "each", "for", "from", "heavy",
    "here", "high", "if", "in", "inside", "instead", "into", "left", "like", "long", "max", "minus", "more",
    "near", "now", "of", "off", "on", "only", "or", "out", "over", "per", "plus", "right", "so", "tall", "than",
    "that", "the", "then", "there", "thick", "through", "to", "today", "tomorrow", "total", "toward", "towards",
    "under", "until", "usually", "via", "was", "when", "while", "wide", "with", "within", "without",
}  # fmt: skip
PER = {
    "mo": "month",
    "yr": "year",
    "hr": "hour",
    "pc": "piece",
    "wk": "week",
    "kg": "kilogram",
    "lb": "pound",
    "oz": "ounce",
}
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]  # fmt: skip
MONTH = r"(?P<month>Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:[a-z]{3,}|\.)?"
SCALES = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "b": "billion",
    "B": "billion",
    "bn": "billion",
}
FRACTIONS = {"1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter", "3/4": "three quarters"}
SIGN = r"(?P<sign>US\$|A\$|C\$|HK\$|[$€£¥])"
CODE = r"(?P<code>USD|EUR|GBP|CNY|RMB|JPY|AUD|CAD|HKD)\b"
_INCHES = r"in(?=[.,;)x×]|$|\s(?:wide|long|tall|high|deep|thick|x|×)\b)"  # "10 in stock" has none
UNIT = "(?P<unit>" + "|".join(sorted(map(re.escape, UNITS.keys() - {"in"}), key=len, reverse=True))
UNIT += rf"|{_INCHES})(?![A-Za-z])"
