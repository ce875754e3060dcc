// What browsers tell of displays, windows, devices, the connection and the clock.

const LOOK_MS = 2000;
const SETTLE_MS = 10000;
const CLOCK_JUMP_MS = 30000;
const LEAST_PANEL_PX = 160;
const REMOTE = /remote audio|teamviewer|anydesk|parsec|splashtop|rustdesk/i;
const LOST = ["ended", "busy", "failed", "denied", "none"];

/** `note(kind, more)` hears of each; `wants(kind)`: whether anybody asked for it. */
export class PageSignals {
  constructor({ note, wants }) {
    Object.assign(this, { note, wants });
    this.heardAt = {};
    this.skew = null;
    this.offlineSince = null;
  }

  listen() {
    if (this.wants("second_display")) this.#followDisplays();
    if (this.wants("window_moved") || this.wants("developer_tools")) this.#followWindow();
    if (this.wants("device_changed") || this.wants("virtual_device")) this.#followDevices();
    if (this.wants("network_changed")) this.#followNetwork();
    if (this.wants("clock_changed")) {
      document.addEventListener("attempt:heard", ({ detail }) => this.compareClocks(detail));
    }
  }

  /** A camera or microphone (MediaDevice) that stops while it is wanted. */
  followCapture(device) {
    let before = device.state;
    device.addEventListener("state", ({ detail }) => {
      if (before === "ok" && LOST.includes(detail.state)) this.note("capture_stopped");
      before = detail.state;
    });
  }

  /** The server's clock does not jump; a computer that slept has not changed its own either. */
  compareClocks({ server_time: serverTime, rtt }, wall = Date.now()) {
    if (rtt === null || rtt > CLOCK_JUMP_MS / 6) return;
    const skew = wall - Date.parse(serverTime) - rtt / 2;
    const jump = this.skew === null ? 0 : Math.abs(skew - this.skew);
    if (this.skew === null || jump > CLOCK_JUMP_MS) this.skew = skew;
    if (jump > CLOCK_JUMP_MS) this.note("clock_changed", { seconds: 0 });
  }

  #followDisplays() {
    const look = () => window.screen.isExtended === true && this.note("second_display");
    look();
    window.screen.addEventListener?.("change", look);
  }

  #followWindow() {
    // Phones turn and show keyboards; their windows are not moved by anybody.
    if (matchMedia("(pointer: coarse)").matches) return;
    let before = place();
    setInterval(() => {
      const now = place();
      if (document.fullscreenElement === null && !document.hidden) this.#compareWindow(before, now);
      before = now;
    }, LOOK_MS);
  }

  #compareWindow(before, now) {
    const isSame = ["left", "top", "width", "height"].every((side) => before[side] === now[side]);
    if (!isSame) this.#settled("window_moved");
    // Only a guess, and only where neither the window nor the zoom has changed.
    const shrunk = Math.max(before.innerWidth - now.innerWidth, before.innerHeight - now.innerHeight);
    if (isSame && before.zoom === now.zoom && shrunk > LEAST_PANEL_PX) this.#settled("developer_tools");
  }

  #followDevices() {
    const devices = navigator.mediaDevices;
    if (!devices) return;
    const named = new Set();
    const lookAtNames = async () => {
      for (const { label } of await devices.enumerateDevices()) {
        if (!REMOTE.test(label) || named.has(label)) continue;
        named.add(label);
        this.note("virtual_device", { detail: label.slice(0, 100) });
      }
    };
    devices.addEventListener("devicechange", () => {
      this.#settled("device_changed");
      lookAtNames();
    });
    lookAtNames();
  }

  #followNetwork() {
    window.addEventListener("offline", () => (this.offlineSince = performance.now()));
    window.addEventListener("online", () => {
      const ago = this.offlineSince === null ? 0 : performance.now() - this.offlineSince;
      this.offlineSince = null;
      this.note("network_changed", { ago, seconds: Math.round(ago / 1000) });
    });
    let type = navigator.connection?.type;
    navigator.connection?.addEventListener?.("change", () => {
      if (navigator.connection.type !== type) this.#settled("network_changed");
      type = navigator.connection.type;
    });
  }

  /** One for all that happens within some seconds: a window that is dragged moves many times. */
  #settled(kind) {
    const now = performance.now();
    if (now - (this.heardAt[kind] ?? -Infinity) < SETTLE_MS) return;
    this.heardAt[kind] = now;
    this.note(kind);
  }
}

function place() {
  return {
    left: window.screenX,
    top: window.screenY,
    width: window.outerWidth,
    height: window.outerHeight,
    innerWidth: window.innerWidth,
    innerHeight: window.innerHeight,
    zoom: window.devicePixelRatio,
  };
}
