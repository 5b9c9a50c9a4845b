"""Colours of classes, labels and types, the same on every page and in every chart."""

CLASSES = {"Dasar": "#cbd5e1", "Berkembang": "#8cc5b9", "Mandiri": "#2b7d70", "Berkelanjutan": "#0b5d57"}
LABELS = {
    "lebih_baik_menonjol": "#2166ac",
    "lebih_baik": "#92c5de",
    "serupa": "#b6bec9",
    "kurang_baik": "#f4a582",
    "kurang_baik_menonjol": "#b35806",
}
DEEP = {"lebih_baik_menonjol", "kurang_baik_menonjol"}
"""Labels whose colour is so deep that text on it is white."""
TIPE = ("#0072b2", "#e69f00", "#00765a", "#b14a00", "#a3487e", "#56b4e9", "#4d4d4d")
INK, MUTED, HAIRLINE, ACCENT = "#1f2933", "#52606d", "#d9e2ec", "#0f766e"


def ink_on(label: str | None) -> str:
    """The text colour that is legible on a label's colour."""
    return "#ffffff" if label in DEEP else INK


def diverging(z: float, reach: float = 2.0) -> str:
    """A background from orange (low) over white to blue (high) for a standardised value; pale, text stays dark."""
    share = max(-1.0, min(1.0, z / reach))
    end = (146, 197, 222) if share > 0 else (244, 165, 130)
    return "#" + "".join(f"{round(255 + (c - 255) * abs(share)):02x}" for c in end)
