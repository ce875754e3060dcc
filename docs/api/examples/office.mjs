// Enrols through the API, reads, and asks to be told of what happens:
// node office.mjs https://exams.example.org TOKEN SITTING candidate@example.org https://register.example.org/hooks
// Needs Node.js 18 or newer and nothing else. Never put a token into a page: whoever opens the page has it.

import { randomUUID } from "node:crypto";

export class Refused extends Error {
  constructor(problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

export function office(server, token) {
  const base = new URL("/api/v1/institution/", server);

  // One call; waits and tries again when there were too many.
  async function call(method, path, { body, key } = {}) {
    const headers = { authorization: `Bearer ${token}` };
    if (key) headers["idempotency-key"] = key;
    if (body) headers["content-type"] = "application/json";
    for (let tries = 0; ; tries += 1) {
      const answer = await fetch(new URL(path, base), { method, headers, body: body && JSON.stringify(body) });
      const text = await answer.text();
      const value = text ? JSON.parse(text) : null;
      if (answer.ok) return value;
      const wait = answer.headers.get("retry-after");
      if (!wait || tries === 4) throw new Refused(value);
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }

  // Creates something once, however often the network makes us ask.
  async function create(path, body) {
    const key = randomUUID();
    for (let tries = 0; ; tries += 1) {
      try {
        return await call("POST", path, { body, key });
      } catch (error) {
        if (error instanceof Refused || tries === 3) throw error;
      }
    }
  }

  // Every row of a list, page after page.
  async function* each(path) {
    for (let address = path; address; ) {
      const page = await call("GET", address);
      yield* page.results;
      address = page.next;
    }
  }

  return { call, create, each };
}

async function main(server, token, sitting, candidate, receiver) {
  const here = office(server, token);
  console.log("institution:", (await here.call("GET", "")).name);
  const done = await here.create(`sittings/${sitting}/enrolments/`, { candidates: [{ email: candidate }] });
  console.log("enrolled:", done.results[0].outcome);
  const names = [];
  for await (const row of here.each(`sittings/${sitting}/enrolments/?limit=1`)) names.push(row.email);
  console.log("all:", names.join(" "));
  const hook = await here.create("webhooks/", { name: "Register", url: receiver, events: ["results.released"] });
  await here.create(`webhooks/${hook.id}/test/`, {});
  for await (const row of here.each(`webhook-deliveries/?webhook=${hook.id}`)) console.log("told of:", row.event);
  const rotated = await here.create(`webhooks/${hook.id}/rotate/`, { grace_hours: 1 });
  console.log("another secret:", rotated.secret !== hook.secret);
  await here.call("DELETE", `webhooks/${hook.id}/`);
}

if (process.argv[1]?.endsWith("office.mjs")) await main(...process.argv.slice(2));
