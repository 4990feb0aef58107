// The people of the class as staff see them: the server draws the list, this keeps it fresh and sends its forms.
const FRESH = 10_000;
const WHILE_ASKED = 3_000;
const CHANGES = ["joined", "left", "door", "sent_out", "prompt", "answered", "handed", "started"];

export function desk(classroom) {
  const box = document.querySelector("[data-desk]");
  if (!box) return {};
  const { room } = classroom;
  let timer;
  let asked = 0; // until when answers are coming in
  let known = new Set();
  let toTop = false;
  let written = false; // something was typed or ticked and not sent yet

  async function load(options) {
    const answer = await fetch(options?.action ?? box.dataset.url, {
      method: options ? "POST" : "GET",
      body: options?.body,
      headers: { "X-Part": "desk", "X-CSRFToken": classroom.csrf, accept: options ? "application/json" : "text/html" },
      redirect: "manual",
    });
    if (answer.ok) {
      const done = decodeURIComponent(answer.headers.get("X-Done") ?? "");
      if (done) classroom.note(done);
      if (options) written = false;
      const html = await answer.text();
      return options || !isBusy() ? draw(html) : undefined;
    }
    if (options) classroom.error(answer.headers.get("content-type")?.includes("json") ? await answer.json() : { code: "other" });
  }

  // The list is of our own making: names in it are escaped by the server.
  function draw(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-desk]");
    if (!fresh) return;
    const focused = document.activeElement;
    const place = box.contains(focused) && focused.form ? [focused.form.action, focused.name, focused.value] : null;
    box.replaceChildren(...fresh.childNodes);
    classroom.tell("deskDrawn");
    if (toTop) box.scrollIntoView({ block: "start" });
    toTop = false;
    if (!place) return;
    for (const field of box.querySelectorAll("button, input, select"))
      if (field.form?.action === place[0] && field.name === place[1] && field.value === place[2]) return field.focus({ preventScroll: true });
  }

  // Somebody who is writing a reason, or ticking a list, is not interrupted.
  function isBusy() {
    return written || (box.querySelector("details.desk__more[open]") && box.contains(document.activeElement));
  }

  function again(wait) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!document.hidden && !isBusy()) await load().catch(() => {});
      again(Date.now() < asked ? WHILE_ASKED : FRESH);
    }, wait);
  }

  box.addEventListener("input", () => (written = true));
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams(new FormData(form));
    load({ action: form.action, body }).catch(() => classroom.note(classroom.sentence("error.other")));
  });
  const soon = () => again(300);
  const events = Object.fromEntries(CHANGES.map((name) => [name, soon]));
  events.prompt = (event) => {
    asked = Date.now() + event.prompt.closes_in * 1000;
    soon();
  };
  events.door = (event) => {
    const waiting = event.door.waiting ?? [];
    const newest = waiting.filter((person) => !known.has(person.id)).pop();
    known = new Set(waiting.map((person) => person.id));
    if (newest) {
      const words = classroom.sentence("door.waits", { name: newest.full_name ?? newest.name });
      classroom.announce("door", words);
      classroom.note(words);
      classroom.panes?.mark("people");
      toTop = true; // who waits stands first
    }
    soon();
  };
  return { become: soon, events };
}
