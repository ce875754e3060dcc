// What went wrong with a camera or microphone, in words that say what to do.

const NAMES = { camera: "camera", microphone: "microphone" };

/** Whether this page may ask for cameras at all; {code, text} of the problem, or null. */
export function missingMedia() {
  if (!window.isSecureContext) {
    return {
      code: "insecure",
      text: "This page was opened without a secure connection, so the browser hides the camera. Open it with https:// in front of the address, or ask your exam officer for the right link.",
    };
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    return {
      code: "old_browser",
      text: "This browser cannot use a camera. Please use a current Firefox, Chrome, Edge or Safari.",
    };
  }
  return null;
}

/** The problem behind an error of getUserMedia: {code, text}. `device`: "camera" or "microphone". */
export function explain(error, device) {
  const name = NAMES[device];
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return {
        code: "denied",
        text: `The browser may not use your ${name}. Click the ${name} sign beside the address, choose “Allow”, then try again. On a phone or a Mac, also allow it for the browser in the system settings.`,
      };
    case "NotFoundError":
    case "DevicesNotFoundError":
      return { code: "none", text: `We find no ${name}. Plug one in or switch it on, then try again.` };
    case "NotReadableError":
    case "AbortError":
      return {
        code: "busy",
        text: `Your ${name} is in use by another program. Close video calls and other programs that use it, then try again. If that does not help, restart the computer.`,
      };
    case "OverconstrainedError":
      return { code: "none", text: `The ${name} that you chose is gone. Choose another one, then try again.` };
    default:
      return { code: "failed", text: `Your ${name} did not start (${error.name}). Try again, or use another browser.` };
  }
}
