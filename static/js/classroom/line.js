// The line to the room: a ticket, one socket, an answer to every probe, and back again after every break.
// It knows the wire (live/events.py) and nothing of the page.

const FINAL = { 1000: "left", 4403: "removed", 4410: "ended" };
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;

export class Line {
  constructor({ socket, ticket, csrf }, on) {
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${socket}`;
    this.ticketAddress = ticket;
    this.csrf = csrf;
    this.on = on; // state(name), welcome(message), snapshot(room), event(message), error(message), message(any other)
    this.seq = 0; // the last event seen in order
    this.tries = 0;
    this.stopped = false;
    this.awaited = false; // a snapshot was asked for
  }

  open() {
    this.retry(0);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    addEventListener("pagehide", () => this.send({ t: "bye" }));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN || !this.welcomed) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  leave() {
    this.stopped = true;
    this.send({ t: "bye" });
    clearTimeout(this.timer);
  }

  hurry() {
    if (this.stopped || this.socket) return;
    this.retry(0);
  }

  retry(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  async connect() {
    if (this.socket || this.stopped) return;
    this.on.state(this.tries ? "lost" : "connecting");
    const socket = (this.socket = {}); // holds the place while the ticket is fetched
    let ticket;
    try {
      ticket = await this.fetchTicket();
    } catch {
      if (this.socket === socket) this.socket = null;
      return this.lost(0);
    }
    if (this.stopped || !ticket) return void (this.socket = null);
    this.socket = new WebSocket(this.address);
    this.socket.onopen = () => this.raw({ t: "hello", ticket, device: device(), resume_seq: this.seq });
    this.socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    this.socket.onclose = (event) => this.closed(event.code);
  }

  // null when the room has nothing more for us: the page then says why when it is loaded again.
  async fetchTicket() {
    const answer = await fetch(this.ticketAddress, {
      method: "POST",
      headers: { "X-CSRFToken": this.csrf, accept: "application/json" },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect" || answer.status === 403) return void location.reload(); // signed out, or in anew
    if (answer.ok) return (await answer.json()).ticket;
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    this.stopped = true;
    this.on.state(answer.status === 409 ? "ended" : "removed");
    return null;
  }

  raw(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  receive(message) {
    this.heard();
    switch (message.t) {
      case "probe":
        return this.raw({ t: "probe_ack", n: message.n, visible: !document.hidden });
      case "waiting": // at the door: stored, probed, and told nothing else
        this.tries = 0;
        this.silence = message.probe_seconds * 2500;
        return this.on.message(message);
      case "welcome":
        this.welcomed = true;
        this.tries = 0;
        this.silence = message.probe_seconds * 2500;
        this.seq = message.room.seq;
        this.on.welcome(message);
        return this.on.state("on");
      case "snapshot":
        this.awaited = false;
        this.seq = Math.max(this.seq, message.room.seq);
        return this.on.snapshot(message.room);
      case "ev":
        return this.event(message);
      case "resync":
        return void setTimeout(() => this.askSnapshot(), Math.random() * (message.within ?? 0) * 1000);
      case "restart": // this server is about to stop: everybody comes back at a moment of their own
        return void (this.spread = message.within * 1000);
      case "error":
        if (this.awaited && !message.ref) this.askAgain();
        return this.on.error(message);
      default:
        return this.on.message(message);
    }
  }

  event(message) {
    if (message.seq <= this.seq) return;
    if (message.seq > this.seq + 1) return this.askSnapshot(); // one is missing: read the room again
    this.seq = message.seq;
    this.on.event(message);
  }

  askSnapshot() {
    if (this.awaited) return;
    this.awaited = true;
    this.send({ t: "resync", seq: this.seq });
  }

  askAgain() {
    this.awaited = false;
    setTimeout(() => this.askSnapshot(), 2000 + Math.random() * 2000);
  }

  // A line that brings nothing for two and a half probes is dead, whatever the browser thinks of it.
  heard() {
    clearTimeout(this.watch);
    if (this.silence) this.watch = setTimeout(() => this.closed(0), this.silence);
  }

  closed(code) {
    clearTimeout(this.watch);
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    this.welcomed = this.awaited = false;
    socket.onmessage = socket.onclose = null;
    socket.close?.();
    if (this.stopped) return this.on.state("left");
    if (code in FINAL) {
      this.stopped = true;
      return this.on.state(FINAL[code]);
    }
    this.lost(code);
  }

  // The first try follows soon, each next one later, every client at a moment of its own.
  lost() {
    if (this.stopped) return;
    this.tries += 1;
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.tries, 6));
    const wait = FIRST_WAIT / 2 + Math.random() * (this.spread || most);
    this.spread = 0;
    this.on.state(wait > 2500 ? "waiting" : "lost");
    this.retry(wait);
  }
}

// One name per tab, kept over a reload: tells a second device from the same one coming back.
function device() {
  try {
    const kept = sessionStorage.getItem("ponte-device") ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
    sessionStorage.setItem("ponte-device", kept);
    return kept;
  } catch {
    return "unnamed";
  }
}
