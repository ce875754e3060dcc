// How good the connection is: round trips of small requests, and whether the exam's socket opens.

import { getJSON } from "../shared/http.js";

const TRIPS = 5;
const GOOD_MS = 400;
const SOCKET_LIMIT_MS = 8000;

/** {ok, text, rtt}: the median round trip in milliseconds, and what to do when it is not good. */
export async function checkNetwork(attemptUrl, socketUrl) {
  const trips = [];
  for (let trip = 0; trip < TRIPS; trip += 1) {
    const began = performance.now();
    try {
      await getJSON(attemptUrl);
    } catch (error) {
      return { ok: false, rtt: null, text: "The exam server cannot be reached: " + error.message + " Check your connection, then try again." };
    }
    trips.push(performance.now() - began);
  }
  const rtt = Math.round(trips.sort((a, b) => a - b)[Math.floor(TRIPS / 2)]);
  if (!(await opens(socketUrl))) {
    return { ok: false, rtt, text: "The server answers, but the live connection of the exam is blocked. A company network, VPN or filter may be in the way: switch it off or use another network, then try again." };
  }
  if (rtt > GOOD_MS) {
    return { ok: true, rtt, text: `Slow, but it works (${rtt} ms to the server and back). Move closer to the router, or use a cable. Your answers are kept on this computer when the connection fails.` };
  }
  return { ok: true, rtt, text: `Good: ${rtt} ms to the server and back.` };
}

function opens(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const finish = (isOpen) => {
      clearTimeout(timer);
      socket.close();
      resolve(isOpen);
    };
    const timer = setTimeout(() => finish(false), SOCKET_LIMIT_MS);
    socket.addEventListener("message", () => finish(true), { once: true });
    socket.addEventListener("close", () => finish(false), { once: true });
  });
}
