"""Charts drawn on the server as SVG: they print, need no script, and each carries its table."""

from ui.charts.bars import bar_cell, bar_pair
from ui.charts.country import choropleth
from ui.charts.heat import HEAT_STATES, heat_cell, heat_legend
from ui.charts.lines import line_chart, sparkline
from ui.charts.parts import HIDDEN, Chart, Hidden, Series, Unit, Value
from ui.charts.shading import RegionValue
from ui.charts.tiles import Tile, tile_map

__all__ = [
    "HEAT_STATES",
    "HIDDEN",
    "Chart",
    "Hidden",
    "RegionValue",
    "Series",
    "Tile",
    "Unit",
    "Value",
    "bar_cell",
    "bar_pair",
    "choropleth",
    "heat_cell",
    "heat_legend",
    "line_chart",
    "sparkline",
    "tile_map",
]
