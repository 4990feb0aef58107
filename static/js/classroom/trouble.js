// What does not work at the server for the moment, as long as it lasts. Nobody has to do anything about it.
const KINDS = ["records", "processes"]; // the first that stands is shown

export function trouble(classroom) {
  const { parts } = classroom;
  const standing = new Set();

  function draw() {
    const kind = KINDS.find((one) => standing.has(one));
    const words = kind ? classroom.sentence(`trouble.${kind}`) : "";
    if (words === parts.trouble.textContent) return;
    classroom.announce("trouble", words || classroom.sentence("trouble.over"));
    parts.trouble.textContent = words;
    parts.trouble.hidden = !words;
  }

  return {
    welcome() {
      standing.clear(); // whatever still stands is told right after
      setTimeout(draw, 500);
    },
    messages: {
      trouble(message) {
        if (message.over) standing.delete(message.what);
        else standing.add(message.what);
        draw();
      },
    },
  };
}
