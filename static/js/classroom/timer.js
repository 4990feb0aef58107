// The timer of the class, by the server's clock: a phone that is an hour wrong counts right.

export function timer(classroom) {
  const { parts } = classroom;
  let ahead = 0; // the server's clock minus this one's, in ms
  let running = null; // {started_at, ends_at}
  let ticking;
  let saidMinute = false;
  let saidOver = false;

  function take(now, timer, tell) {
    ahead = new Date(now) - Date.now();
    const had = running;
    running = timer ?? null;
    const left = running ? remaining() : 0;
    saidMinute = left <= 61_000;
    saidOver = left <= 0;
    clearInterval(ticking);
    if (running) ticking = setInterval(draw, 500);
    draw();
    if (!tell) return;
    if (running) classroom.announce("timer", classroom.sentence("timer.started", { minutes: Math.round(left / 60_000) }));
    else if (had) classroom.announce("timer", classroom.sentence("timer.stopped"));
  }

  function remaining() {
    return new Date(running.ends_at) - Date.now() - ahead;
  }

  function draw() {
    parts.timer.hidden = !running;
    classroom.show("timer-more", Boolean(running));
    classroom.show("timer-stop", Boolean(running));
    if (!running) return;
    const left = Math.max(0, Math.ceil(remaining() / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const words = left ? classroom.sentence("timer.left", { time: clock }) : classroom.sentence("timer.over");
    if (parts["timer-words"].textContent !== words) parts["timer-words"].textContent = words;
    parts.timer.dataset.state = left === 0 ? "over" : left <= 60 ? "soon" : "on";
    // Screen readers hear the last minute and the end, never the seconds.
    if (!saidMinute && left <= 60) {
      saidMinute = true;
      classroom.announce("timer", classroom.sentence("timer.minute"));
    }
    if (!saidOver && left === 0) {
      saidOver = true;
      classroom.announce("timer", classroom.sentence("timer.over"));
      clearInterval(ticking);
    }
  }

  if (classroom.helps) {
    classroom.show("timer-tools", true);
    parts["timer-form"].addEventListener("submit", (event) => {
      event.preventDefault();
      const minutes = parts["timer-form"].elements.minutes.valueAsNumber;
      if (minutes >= 1) classroom.ask({ t: "timer", minutes: Math.round(minutes) });
    });
    parts["timer-more"].addEventListener("click", () => classroom.ask({ t: "timer", minutes: 1, more: true }));
    parts["timer-stop"].addEventListener("click", () => classroom.ask({ t: "timer", minutes: 0 }));
  }
  return {
    become: (snapshot) => take(snapshot.now, snapshot.timer, false),
    events: { timer: (event) => take(event.now, event.timer, true) },
  };
}
