// How large and how often a live picture is, as browsers take it for an encoding; the same for all ways of sending.

export const LEVELS = {
  thumb: { maxBitrate: 120e3, maxFramerate: 8, scaleResolutionDownBy: 2 },
  full: { maxBitrate: 900e3, maxFramerate: 15, scaleResolutionDownBy: 1 },
};

/** The shared screen: text has to stay sharp, and moves little. */
export const SCREEN = { maxBitrate: 500e3, maxFramerate: 5 };
