// Questions to the service: each asked once, its mistakes as sentences, slow ones announced.
import { tell, withdraw } from "./state.js";

const kept = new Map();
const SLOW_MS = 4000;
let slowOnes = 0;

export class Refused extends Error {
  // `fields`: which parts of the question are wrong, and why.
  constructor(status, detail, isGateway = false, fields = []) {
    super(detail);
    Object.assign(this, { status, isGateway, fields });
  }
}

// Whether nobody stood behind the refusal: a proxy whose server is gone answers in its own words, the service in JSON.
const ofGateway = ({ status, headers }) =>
  [502, 503, 504].includes(status) && !headers.get("content-type")?.includes("json");

export const isGone = (error) => !(error instanceof Refused) || error.isGateway;

async function problem(response) {
  try {
    const { detail, title, errors } = await response.json();
    return [detail ?? title ?? String(response.status), errors];
  } catch {
    return [String(response.status)];
  }
}

// Said until the last of them is there.
function watchSlow() {
  let counted = false;
  const timer = setTimeout(() => {
    counted = true;
    slowOnes += 1;
    tell("slow", "slow");
  }, SLOW_MS);
  return () => {
    clearTimeout(timer);
    if (counted) slowOnes -= 1;
    if (slowOnes === 0) withdraw("slow");
  };
}

// A failed fetch rejects with TypeError: the server is gone. An answer that is not one rejects with Refused.
export async function ask(address, options = {}) {
  const done = watchSlow();
  try {
    const response = await fetch(address, options);
    if (!response.ok) {
      const [detail, fields] = await problem(response);
      throw new Refused(response.status, detail, ofGateway(response), fields);
    }
    return response;
  } finally {
    done();
  }
}

export function askOnce(address) {
  if (!kept.has(address)) {
    const answer = ask(address).then((response) => response.json());
    answer.catch(() => kept.delete(address));
    kept.set(address, answer);
  }
  return kept.get(address);
}
