// Where the service has what is drawn of a run.

//: Outlines are smoothed a little less than a cell is wide.
const SMOOTHED_M = 25;

export const addresses = {
  footprint: ({ root, scheme, language }, run) =>
    `${root}/v1/runs/${run}/footprint?scheme=${scheme.id}&tolerance_m=${SMOOTHED_M}&lang=${language}`,
  tiles: ({ root }, run, layer) => `${root}/v1/runs/${run}/tiles/${layer}`,
  difference: ({ root }, a, b) => `${root}/v1/runs/${a}/difference/${b}/tiles/depth`,
};
