// Sentences come with the page, in its language; numbers are written as the server writes them.
let texts = {};
let language = "en";

export function speak(settings) {
  texts = settings.texts;
  language = settings.language;
}

export function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const grouping = { kk: "\u00a0", ru: "\u00a0", en: "," };
// Days before months, hours to 24, in English too.
const places = { kk: "kk-KZ", ru: "ru-KZ", en: "en-GB" };
const decimal = { kk: ",", ru: ",", en: "." };

export function number(value, decimals = 0) {
  if (value === null || value === undefined) return "\u2013";
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, grouping[language]);
  const text = part ? grouped + decimal[language] + part : grouped;
  return value < 0 && /[1-9]/.test(text) ? "\u2212" + text : text;
}

// Whole minutes, cut as the server cuts them: nobody is told of one that is not there.
export function wholeMinutes(seconds) {
  return number(seconds === null || seconds === undefined ? null : Math.floor(seconds / 60));
}

// Counts of people are worth two figures (halves go to the even neighbour, as the server rounds).
export function count(value, signed = false) {
  if (value === null || value === undefined) return number(null);
  const size = Math.abs(value);
  const unit = size < 1 ? 1 : 10 ** Math.max(0, Math.floor(Math.log10(size)) - 1);
  const units = size / unit;
  const low = Math.floor(units);
  const up = units - low > 0.5 || (units - low === 0.5 && low % 2 === 1);
  const rounded = (up ? low + 1 : low) * unit * Math.sign(value);
  const text = number(rounded);
  return signed && rounded > 0 ? `+${text}` : text;
}

export function clockTime(date) {
  return new Intl.DateTimeFormat(places[language], { dateStyle: "short", timeStyle: "short" }).format(date);
}

// Elements from plain parts: nothing that an answer says is ever read as markup.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
