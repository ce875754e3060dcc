// What one look at the camera's picture says about each thing that the camera needs.

/** The marks, and the problems (codes of the server) that speak against each. */
const AGAINST = {
  face: ["no_face", "camera_covered", "cut_off", "turned_away"],
  light: ["too_dark", "back_lit", "over_exposed", "camera_covered"],
  sharp: ["blurred", "compressed"],
  size: ["too_small"],
  alone: ["several_faces"],
};
/** What a picture without a face cannot tell; in the dark everything looks blurred. */
const NEEDS_FACE = ["size", "alone"];
const NEEDS_LIGHT = ["sharp"];

export const MARKS = Object.keys(AGAINST);

/** {face, light, sharp, size, alone}: each "good", "bad" or "unknown". `codes`: the problems; `hasFace`: one was found. */
export function marksOf(codes, hasFace) {
  const isCovered = codes.includes("camera_covered");
  return Object.fromEntries(
    MARKS.map((mark) => {
      if (codes.includes("too_dark") && NEEDS_LIGHT.includes(mark)) return [mark, "unknown"];
      if (AGAINST[mark].some((code) => codes.includes(code))) return [mark, "bad"];
      if (isCovered || (!hasFace && NEEDS_FACE.includes(mark))) return [mark, "unknown"];
      return [mark, hasFace || mark !== "face" ? "good" : "unknown"];
    }),
  );
}
