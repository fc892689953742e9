// What is asked and shown, as the server wrote it into the page; another question brings another set.
let settings = JSON.parse(document.getElementById("map-settings").textContent);

export const now = () => settings;

export function take(next) {
  const before = settings;
  settings = next;
  return before;
}
