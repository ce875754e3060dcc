// Cloudflare RealtimeKit in the browser: its SDK, loaded when it is needed, and a meeting that one has come into.

async function load() {
  return (await import("../../vendor/realtimekit/realtimekit.js")).default;
}

/** `{client, leave()}`; `follow(client)` may listen before anything comes. Asks for no camera of its own. */
export async function comeIn(join, { onGone, follow = () => {}, loadSdk = load }) {
  const Client = await loadSdk();
  const client = await Client.init({
    authToken: join.tokens.auth,
    defaults: { audio: false, video: false },
    overrides: { forceRelay: join.relay_only },
  });
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    return client.leave();
  };
  client.self.on("roomLeft", ({ state }) => {
    if (!isLeft) onGone(["kicked", "ended", "rejected"].includes(state) ? "put_out" : "live_unavailable");
  });
  follow(client);
  try {
    await client.join();
  } catch (error) {
    leave();
    throw error;
  }
  return { client, leave };
}
