// Signs: a touch, summed by the server over a moment, gone after a few seconds. Nobody knows whose they are.
const LAST = 8000;

export function signs(classroom) {
  const { parts } = classroom;
  const sums = new Map(); // sign → {count, timer}

  function draw() {
    const seen = [...sums].filter(([, one]) => one.count);
    parts.sums.hidden = !seen.length;
    parts.sums.textContent = seen.map(([sign, one]) => words(sign, one.count)).join("   ");
  }

  function words(sign, count) {
    return classroom.sentence("sign.some", { count, sign: classroom.words[`sign.${sign}`] });
  }

  function add(sign, count) {
    const one = sums.get(sign) ?? { count: 0 };
    one.count += count;
    clearTimeout(one.timer);
    one.timer = setTimeout(() => {
      sums.delete(sign);
      draw();
    }, LAST);
    sums.set(sign, one);
  }

  classroom.show("signs", true);
  parts.signs?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sign]");
    if (button) classroom.ask({ t: "react", sign: button.dataset.sign });
  });
  return {
    messages: {
      reactions(message) {
        for (const [sign, count] of Object.entries(message.signs)) add(sign, count);
        draw();
        // Who leads must not miss that people cannot follow.
        if (classroom.helps && message.signs.slower) {
          const sentence = words("slower", sums.get("slower").count);
          if (!classroom.panes.isSeen("chat")) classroom.note(sentence);
          classroom.announce("signs", sentence);
        }
      },
    },
  };
}
