// The outlet of a drawn dam: a hole, one with a gate that opens, a siphon, or none; each kind has its own figures.
const byId = (id) => document.getElementById(id);
const DEPENDENT = "[data-outlet]";

// Nothing for what is left empty: the service then asks for it.
export function figure(id) {
  const { value } = byId(id);
  return value.trim() === "" ? null : Number(value);
}

function show() {
  const kind = byId("dam-outlet").value;
  for (const part of document.querySelectorAll(DEPENDENT)) part.hidden = !part.dataset.outlet.split(" ").includes(kind);
}

export function wireOutlet() {
  byId("dam-outlet").addEventListener("change", show);
  show();
}

// Shut from the release until then, and open from then on.
function gate() {
  const minutes = figure("dam-gate");
  const opens = minutes === null ? null : minutes * 60;
  return { time_s: [0, opens, opens], open_share: [0, 0, 1] };
}

const siphon = () => ({
  priming_above_bed_m: figure("dam-priming"),
  breaking_above_bed_m: figure("dam-breaking"),
});

// As a question has them.
export function openings() {
  const kind = byId("dam-outlet").value;
  if (kind === "none") return [];
  const hole = { area_m2: figure("dam-opening") };
  if (kind === "gate") return [{ ...hole, gate: gate() }];
  return [kind === "siphon" ? { ...hole, siphon: siphon() } : hole];
}
