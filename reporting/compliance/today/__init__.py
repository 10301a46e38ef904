"""What the start page knows: months that wait, hours so far, a carer's day. Reads only."""

from reporting.compliance.today.closing import MonthOfContract, Waiting, months_waiting
from reporting.compliance.today.matters import Matter, matters_of, planning_matters
from reporting.compliance.today.pace import CapForecast, Pace, pace_of
from reporting.compliance.today.rounds import RoundStop, round_of

__all__ = [
    "CapForecast",
    "Matter",
    "MonthOfContract",
    "Pace",
    "RoundStop",
    "Waiting",
    "matters_of",
    "months_waiting",
    "pace_of",
    "planning_matters",
    "round_of",
]
