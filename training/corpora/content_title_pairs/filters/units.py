"""Quantities in English titles: a number that goes takes its unit with it."""

UNIT = (
    r"(?:inch(?:es)?|feet|foot|ft|yards?|yd|cm|mm|m|[gtmk]b|[gmk]?hz|k?w|watts?|v|volts?|amps?|mah|m?l|lit(?:er|re)s?|"
    r"oz|ounces?|lbs?|pounds?|k?g|grams?|cups?|quarts?|qt|gallons?|pieces?|pcs?|packs?|pk|ports?|megapixels?|mp|x|hours?|"
    r"hrs?|minutes?|min|days?|years?|way|channels?|ch|lines?|discs?|persons?|people|speeds?|btu|cu|sq|rpm|[dp]pi|bits?|"
    r"burners?|cycles?|slices?|settings?|outlets?|degrees?|[mg]bps|sheets?|count|ct|mil|ply|mpix|pixels?|colou?rs?)"
)

NUMBER = r"\d[\d.,/]*"
QUANTITY = rf"#?{NUMBER}(?:\s?x\s?{NUMBER})*(?:['\"”″]|[\s-]?{UNIT}\b\.?(?:\s(?:ft|in)\b\.?)?)?(?=[\s,;:)]|$)"
"""25.0 cu. ft.; 4 x 6 cm; 40'; 12-cup; 24."""
