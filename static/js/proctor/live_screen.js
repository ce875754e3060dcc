// The candidate's shared screen in the details of one candidate, beside the large picture of the camera.

/** `view`: the part with [data-live-view]; `screen`: its stream while it is shared and sent, or null. */
export function showScreen(view, screen) {
  const figure = view.querySelector("[data-live-screen]");
  if (!figure) return;
  const video = figure.querySelector("video");
  if (video.srcObject !== (screen ?? null)) video.srcObject = screen ?? null;
  if (screen) video.play().catch(() => {}); // interrupted by the next stream, or by its end
  figure.hidden = !screen;
}
