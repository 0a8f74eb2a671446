"use strict";

const MAX_LINES = 100;

/** The longest time for which the page extrapolates the last update. */
const EXTRAPOLATION_MS = 500;

/** A client of the server and its bucket. */
class Client {
  constructor(name) {
    this.name = name;
    const copy = document.getElementById("client").content.cloneNode(true);
    this.section = copy.querySelector("section");
    this.section.id = name.toLowerCase();
    this.section.querySelector("h2").textContent = name;
    for (const button of this.section.querySelectorAll("button")) {
      button.addEventListener("click", () => this.act(button.dataset.action));
    }
    document.getElementById("clients").append(copy);
    this.connect();
  }

  find(selector) {
    return this.section.querySelector(selector);
  }

  query() {
    return "?client=" + encodeURIComponent(this.section.id);
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    this.socket = new WebSocket(scheme + location.host + "/socket" + this.query());
    this.socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.socket.onclose = () => {
      this.bucket = null;
      this.find(".full").textContent = "connecting …";
      setTimeout(() => this.connect(), 1000);
    };
  }

  receive(message) {
    if (message.type === "bucket") {
      this.bucket = { ...message, received: performance.now() };
      document.getElementById("capacity").textContent = message.capacity;
      document.getElementById("fill").textContent = message.fill_ms / 1000;
      this.section.dataset.remaining = message.remaining;
      this.section.dataset.resetMs = message.reset_ms;
      this.find("output").textContent = message.remaining;
    } else {
      const served = message.status === "ok";
      this.log(served, served ? "message" : "message " + message.status_code, JSON.stringify(message));
    }
  }

  /** Between two updates, draws the bucket as it refills. */
  draw() {
    if (!this.bucket) {
      return;
    }
    const { fill_ms: fill, reset_ms: reset, received } = this.bucket;
    const left = Math.max(0, reset - Math.min(EXTRAPOLATION_MS, performance.now() - received));
    const level = 100 * (1 - left / fill);
    this.find(".water").style.height = level.toFixed(2) + "%";
    this.find(".bucket").setAttribute("aria-label", Math.round(level) + " per cent full");
    this.find(".full").textContent =
      left === 0 ? "full" : "full in " + (left / 1000).toFixed(1) + " s";
  }

  act(action) {
    const requests = { one: 1, ten: 10, flood: 60 }[action];
    for (let n = 0; n < requests; n++) {
      this.request();
    }
    if (action === "message" && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send("Hello?");
    }
  }

  async request() {
    try {
      const answer = await fetch("/hello" + this.query(), { cache: "no-store" });
      const fields = ["RateLimit", "Retry-After"]
        .filter((field) => answer.headers.has(field))
        .map((field) => field + ": " + answer.headers.get(field));
      this.log(answer.ok, answer.status, fields.join("  "));
    } catch (error) {
      this.log(false, "lost", error.message);
    }
  }

  log(served, status, text) {
    const count = this.find(served ? ".counts .served" : ".counts .denied");
    count.textContent = Number(count.textContent) + 1;
    const line = document.createElement("li");
    const mark = document.createElement("b");
    mark.className = served ? "served" : "denied";
    mark.textContent = status;
    line.append(mark, text);
    const answers = this.find(".answers");
    answers.prepend(line);
    if (answers.children.length > MAX_LINES) {
      answers.lastChild.remove();
    }
  }
}

document.getElementById("host").textContent = location.host;
const clients = ["Alice", "Bob"].map((name) => new Client(name));

function frame() {
  clients.forEach((client) => client.draw());
  requestAnimationFrame(frame);
}

frame();
