// Everything pages do by script, each part on its own; every page works without it.
import "./display.js";
import "./menus.js";
import "./shortcuts.js";
import "./autosubmit.js";
import "./idle.js";
import "./once.js";
import "./attention.js";
import "./tables.js";
import "./heat.js";
import "./live.js";
import "./days.js";
import "./times.js";
