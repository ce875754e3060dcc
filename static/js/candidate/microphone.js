// A look at the microphone during the device check: is there one, and does it hear anything. Nothing is recorded.

import { explain, missingMedia } from "./media_problems.js";

const LISTEN_MS = 4000;
const TICK_MS = 100;
const HEARD_LEVEL = 0.02;

/** Listens for some seconds; `onLevel(0..1)` runs while it does. Resolves to {ok, text}. */
export async function checkMicrophone(onLevel) {
  const missing = missingMedia();
  if (missing) return { ok: false, text: missing.text };
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    return { ok: false, text: explain(error, "microphone").text };
  }
  try {
    const loudest = await listen(stream, onLevel);
    if (loudest >= HEARD_LEVEL) return { ok: true, text: "Works: we heard you." };
    return { ok: false, text: "The microphone is there, but we heard nothing. Speak, unmute it or choose another one in the system settings, then try again." };
  } finally {
    for (const track of stream.getTracks()) track.stop();
    onLevel(0);
  }
}

async function listen(stream, onLevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let loudest = 0;
  for (let waited = 0; waited < LISTEN_MS && (loudest < HEARD_LEVEL || waited < LISTEN_MS / 2); waited += TICK_MS) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    analyser.getFloatTimeDomainData(samples);
    const level = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    loudest = Math.max(loudest, level);
    onLevel(level);
  }
  await context.close();
  return loudest;
}
