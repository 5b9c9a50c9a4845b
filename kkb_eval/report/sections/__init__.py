"""The sections of the pages, one module a section: an evaluation in, a ``Fragment`` out. Notebooks only call them.

A section whose input is not given is one line that says which file would fill it.
"""

from kkb_eval.report.sections.cards import cards, kampung_table, positions, to_renew
from kkb_eval.report.sections.change import class_flows, class_moves, type_flows
from kkb_eval.report.sections.comparison import funnels, kecamatan_dots, kecamatan_map, rug, strips
from kkb_eval.report.sections.follow_up import follow_up
from kkb_eval.report.sections.head import head, method, source
from kkb_eval.report.sections.klasifikasi import indices, klasifikasi, near_limit, near_limit_counts, score_differences
from kkb_eval.report.sections.nomination import nomination
from kkb_eval.report.sections.priority import actions, silent, visits
from kkb_eval.report.sections.quality import all_findings, coverage, data_request, findings_by_kind
from kkb_eval.report.sections.road import obstacles, road
from kkb_eval.report.sections.sector import pokja, sector, staff
from kkb_eval.report.sections.siga import siga, siga_months
from kkb_eval.report.sections.summary import summary, tiles
from kkb_eval.report.sections.target import target
from kkb_eval.report.sections.tertinggal import tertinggal
from kkb_eval.report.sections.typology import type_members, type_profile, type_rules, type_stability, types_and_classes
from kkb_eval.report.sections.years import class_shares, year_classes, year_rates, years_head

__all__ = [
    "actions",
    "all_findings",
    "cards",
    "class_flows",
    "class_moves",
    "class_shares",
    "coverage",
    "data_request",
    "findings_by_kind",
    "follow_up",
    "funnels",
    "head",
    "indices",
    "kampung_table",
    "kecamatan_dots",
    "kecamatan_map",
    "klasifikasi",
    "method",
    "near_limit",
    "near_limit_counts",
    "nomination",
    "obstacles",
    "pokja",
    "positions",
    "road",
    "rug",
    "score_differences",
    "sector",
    "siga",
    "siga_months",
    "silent",
    "source",
    "staff",
    "strips",
    "summary",
    "target",
    "tertinggal",
    "tiles",
    "to_renew",
    "type_flows",
    "type_members",
    "type_profile",
    "type_rules",
    "type_stability",
    "types_and_classes",
    "visits",
    "year_classes",
    "year_rates",
    "years_head",
]
