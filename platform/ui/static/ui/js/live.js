// When a request of htmx does not arrive or is refused, one line says so; what was typed stays in the page.
const live = document.getElementById("live");
const say = (sentence) => { if (live) live.textContent = sentence; };

document.addEventListener("htmx:sendError", () => say(live?.dataset.lost));
document.addEventListener("htmx:timeout", () => say(live?.dataset.lost));
document.addEventListener("htmx:responseError", () => say(live?.dataset.refused));
document.addEventListener("htmx:afterOnLoad", () => say(""));
