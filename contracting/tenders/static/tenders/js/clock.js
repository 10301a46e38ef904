// A deadline says how long there still is: days, then hours, then minutes; each minute anew.
function words(element) {
  const left = new Date(element.dataset.clock) - Date.now();
  if (left <= 0) return element.dataset.over;
  const minutes = Math.floor(left / 60000);
  if (minutes >= 48 * 60) return element.dataset.days.replace("{n}", Math.floor(minutes / 1440));
  if (minutes >= 120) return element.dataset.hours.replace("{n}", Math.floor(minutes / 60));
  return element.dataset.minutes.replace("{n}", minutes);
}

function show() {
  for (const element of document.querySelectorAll("[data-clock]")) element.textContent = `(${words(element)})`;
}

show();
setInterval(show, 30000);
