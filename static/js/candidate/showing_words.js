// What a candidate reads when a proctor asks to see something. Pure.

const WHAT = {
  room: {
    title: "Your proctor asks you to show your room",
    todo: ["Take four pictures with the camera that runs: to the left, behind you, to the right, and of your desk.", "You see each picture before it is sent. Put away what is private first."],
  },
  desk: {
    title: "Your proctor asks you to show your desk",
    todo: ["Take two pictures with the camera that runs: of what is on your desk, and under it.", "You see each picture before it is sent. Put away what is private first."],
  },
  face: {
    title: "Your proctor asks you for a new photo",
    todo: ["Take a photo of your face, as at check-in. You see it before it is sent.", "It is compared with the photo of check-in only if you agreed to that. A person looks at it and decides."],
  },
};

const STEPS = {
  left: ["To the left", "Turn the camera, or the computer, until it shows what is to your left."],
  behind: ["Behind you", "Turn the camera until it shows what is behind you."],
  right: ["To the right", "Turn the camera until it shows what is to your right."],
  desk: ["On the desk", "Tilt the camera until it shows your desk: keyboard, papers, and what else lies there."],
  under: ["Under the desk", "Tilt the camera until it shows what is under your desk."],
  face: ["Your face", "Look straight at the camera, in good light, alone in the picture."],
};

export const IF_NOT = "If you decline, your exam goes on at once. Your proctor is told, and a person decides what follows; nothing happens by itself.";

export function askedWords(what) {
  return WHAT[what];
}

/** Title and sentence of a step, with its place: "2 of 4: Behind you". */
export function stepWords(steps, step) {
  const [title, todo] = STEPS[step];
  const place = steps.length > 1 ? `${steps.indexOf(step) + 1} of ${steps.length}: ` : "";
  return { title: place + title, todo };
}
