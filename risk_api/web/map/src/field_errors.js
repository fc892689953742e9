// What an answer complains about stands beside the field that it names (`data-field`: its path in the question).
import { element } from "./texts.js";

const inputs = (form) => [...form.querySelectorAll("[data-field]")].filter((input) => !input.closest("[hidden]"));

// The field itself, else one of its parts, else what it is a part of.
function inputOf(form, field) {
  const known = inputs(form);
  return (
    known.find((input) => input.dataset.field === field) ??
    known.find((input) => input.dataset.field.startsWith(field)) ??
    known.find((input) => field.startsWith(input.dataset.field))
  );
}

const noteId = (input) => `${input.id}-error`;

function describe(input, isWrong) {
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== noteId(input));
  const ids = isWrong ? [noteId(input), ...others] : others;
  if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

export function clearErrors(form) {
  for (const note of form.querySelectorAll(".field-error")) note.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) describe(input, false);
}

// Marks the fields and goes to the first of them. Whether every complaint has found its field.
export function markErrors(form, complaints) {
  clearErrors(form);
  const marked = new Map();
  let found = complaints.length > 0;
  for (const { field, detail } of complaints) {
    const input = inputOf(form, field);
    found &&= input !== undefined;
    if (input && !marked.has(input)) marked.set(input, detail);
  }
  for (const [input, detail] of marked) {
    input.after(element("span", { class: "field-error", id: noteId(input) }, detail));
    describe(input, true);
  }
  inputs(form).find((input) => marked.has(input))?.focus();
  return found;
}
