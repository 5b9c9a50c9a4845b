"""From files to a clean year: exports, regions, companion tables, catatan mutu data."""
