// Monitors a candidate of another exam system: node sessions.mjs https://exams.example.org TOKEN SITTING picture.jpg
// Needs Node.js 18 or newer, office.mjs beside it, and nothing else. SITTING is of an exam that another system delivers.

import { readFile } from "node:fs/promises";

import { office } from "./office.mjs";

async function main(server, token, sitting, picture) {
  const here = office(server, token);
  const session = await here.create("sessions/", {
    sitting: Number(sitting),
    candidate_id: "S-1024",
    candidate_name: "Carla Candidate",
    consent: {
      camera: true,
      microphone: false,
      face_comparison: false,
      agreed_at: new Date().toISOString(),
      notice_url: "https://exams.example.org/notice",
      notice_version: "2026-11",
      asked_by: "Exam engine of the college",
    },
  });
  const one = `sessions/${session.session_id}/`;
  console.log("started:", session.state);

  // What the candidate's page does with the token that your server has given it: pictures, and nothing else.
  const { token: pageToken, addresses } = await here.call("POST", `${one}capture-token/`);
  const answer = await fetch(addresses.frames, {
    method: "POST",
    headers: { authorization: `Bearer ${pageToken}`, "content-type": "image/jpeg", "x-sequence": "1" },
    body: await readFile(picture),
  });
  console.log("picture accepted:", (await answer.json()).accepted);

  console.log("pictures:", (await here.call("GET", `${one}metrics/`)).frames_received);
  const report = await here.call("POST", `${one}end/`);
  console.log("incidents in the report:", report.incidents.length);
  await here.call("DELETE", one);
  console.log("deleted");
}

if (process.argv[1]?.endsWith("sessions.mjs")) await main(...process.argv.slice(2));
