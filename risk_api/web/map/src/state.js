// The one line under the pickers that says what is not as usual. Each matter has a name; the gravest is shown.
import { say } from "./texts.js";

const order = ["gone", "failed", "refused", "missing", "online", "slow", "progress", "choose", "same", "back"];
const told = new Map();

export function tell(matter, key, values = {}) {
  told.set(matter, say(key, values));
  show();
}

export function withdraw(...matters) {
  let changed = false;
  for (const matter of matters) changed = told.delete(matter) || changed;
  if (changed) show();
}

export function show() {
  const line = document.getElementById("state");
  if (!line) return;
  const texts = order.filter((matter) => told.has(matter)).map((matter) => told.get(matter));
  line.hidden = texts.length === 0;
  if (line.textContent !== texts.join(" ")) line.textContent = texts.join(" ");
  line.classList.toggle("grave", ["gone", "failed", "refused"].some((matter) => told.has(matter)));
}
