// Receives signed webhooks: WEBHOOK_SECRET=whsec_… node webhooks.mjs 8900; https is its proxy's work.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const TOLERANCE_S = 300;
const LARGEST = 100_000;
const seen = new Set(); // a real receiver keeps the ids in its database, in the transaction of its work

/** Whether the message was signed with the secret, and lately: an old one may be somebody's copy. */
export function isGenuine(secret, headers, body) {
  const moment = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(moment) || Math.abs(Date.now() / 1000 - Number(moment)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${moment}.`).update(body);
  const wanted = Buffer.from(`v1,${signed.digest("base64")}`);
  // Several while a secret is being rotated; compared in constant time.
  return (headers["webhook-signature"] ?? "").split(" ").some((each) => {
    const given = Buffer.from(each);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

const server = createServer(async (request, response) => {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST) return request.destroy();
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  if (!isGenuine(process.env.WEBHOOK_SECRET, request.headers, body)) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(204).end(); // within 10 seconds; long work comes after the answer
  const id = request.headers["webhook-id"];
  if (seen.has(id)) return; // the same may come again
  seen.add(id);
  const { type, data } = JSON.parse(body);
  console.log(type, JSON.stringify(data));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening", server.address().port));
