// The slides: the page that the trainer shows, the earlier ones to look back at, and turning pages for who leads.

export function slides(classroom) {
  const { parts } = classroom;
  const figure = parts.slides;
  const known = new Map(); // deck → Map(page → picture)
  const asked = new Map(); // deck → the promise of its pages
  let shown = null; // {deck, title, pages, now, next} as the trainer shows it
  let until = 0; // how far learners look back in that deck
  let looking = 0; // the page that I look at instead; 0 when I follow

  const picture = (page) => known.get(shown.deck)?.get(page);
  const number = () => looking || shown.now.page;

  function address(one, size) {
    return `${figure.dataset.pictures}${shown.deck}/${one.page}-${one.digest}-${size}.webp`;
  }

  function learn(deck, ...pictures) {
    if (!known.has(deck)) known.set(deck, new Map());
    for (const one of pictures) if (one) known.get(deck).set(one.page, one);
  }

  function follow(slides, reach) {
    const isOther = shown?.deck !== slides?.deck;
    if (isOther) looking = 0;
    shown = slides;
    if (!shown) return draw();
    until = Math.max(isOther ? 0 : until, reach ?? shown.now.page);
    learn(shown.deck, shown.now, shown.next);
    if (looking === shown.now.page) looking = 0;
    draw();
    fetchAhead(shown.next);
  }

  // The picture of the next page is on the phone before it is asked for.
  function fetchAhead(one) {
    if (!one || navigator.connection?.saveData) return;
    const image = new Image();
    image.sizes = parts.slide.sizes;
    image.srcset = sources(one);
  }

  function sources(one) {
    return `${address(one, "small")} 720w, ${address(one, "large")} 1440w`;
  }

  function draw() {
    figure.hidden = !shown || classroom.stage !== "slides";
    if (!shown) return;
    const one = picture(number());
    if (!one) return ask(number());
    const image = parts.slide;
    if (image.dataset.digest !== one.digest) {
      image.dataset.digest = one.digest;
      image.width = one.width;
      image.height = one.height;
      image.sizes = "(min-width: 56rem) 50vw, 100vw";
      image.srcset = sources(one);
      image.src = address(one, "small");
    }
    const values = { title: shown.title, page: one.page, pages: shown.pages };
    image.alt = classroom.sentence("slide.alt", values);
    parts["slide-text"].textContent = one.text || classroom.sentence("slide.no_text");
    parts["slide-text"].lang = document.documentElement.lang;
    parts["slide-place"].textContent = classroom.sentence("slide.place", values);
    parts["slide-back"].hidden = parts["slide-on"].hidden = parts["slide-words"].hidden = false;
    disable(parts["slide-back"], one.page <= 1);
    disable(parts["slide-on"], one.page >= (classroom.helps ? shown.pages : until));
    parts["slide-return"].hidden = !looking;
    figure.toggleAttribute("data-looking", Boolean(looking));
  }

  // A button that has the focus is never taken from under it.
  function disable(button, off) {
    button.setAttribute("aria-disabled", String(off));
  }

  function ask(page) {
    const deck = shown.deck;
    if (!asked.has(deck) || !picture(page)) {
      asked.set(
        deck,
        fetch(`${figure.dataset.pictures}${deck}/`, { headers: { accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
          .then((found) => {
            learn(deck, ...found.pages);
            if (shown?.deck === deck && picture(number())) draw();
          })
          .catch(() => {
            looking = 0;
            classroom.note(classroom.sentence("error.other"));
          }),
      );
    }
  }

  function turn(step) {
    if (!shown) return;
    const page = number() + step;
    if (page < 1 || page > (classroom.helps ? shown.pages : until)) return;
    if (classroom.helps) return classroom.ask({ t: "slide", deck: shown.deck, page });
    looking = page === shown.now.page ? 0 : page;
    draw();
    const values = { page, now: shown.now.page };
    classroom.announce("slide", looking ? spoken(picture(page)) : classroom.sentence("slide.back_with"));
    if (looking) classroom.note(classroom.sentence("slide.looking", values));
  }

  function spoken(one) {
    if (!one) return "";
    const text = one.text.split("\n")[0].slice(0, 120);
    return classroom.sentence("slide.said", { page: one.page, pages: shown.pages, text });
  }

  function comeBack() {
    const hadFocus = document.activeElement === parts["slide-return"];
    looking = 0;
    draw();
    if (hadFocus) parts["slide-back"].focus();
    classroom.announce("slide", classroom.sentence("slide.back_with"));
  }

  parts["slide-back"]?.addEventListener("click", () => turn(-1));
  parts["slide-on"]?.addEventListener("click", () => turn(1));
  parts["slide-return"]?.addEventListener("click", comeBack);
  parts["slide-words"]?.addEventListener("click", () => {
    const open = figure.toggleAttribute("data-words");
    parts["slide-words"].setAttribute("aria-pressed", String(open));
    if (open) parts["slide-text"].focus();
  });
  // Arrows inside the slides; Page up and Page down, which hand-held pointers send, anywhere for who leads.
  document.addEventListener("keydown", (event) => {
    if (!shown || figure.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
    const inside = figure.contains(event.target);
    const writing = event.target.matches?.(".pane__scroll") || event.target.closest?.("input, textarea, select, dialog, [role=tablist]");
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1 }[event.key];
    if (!step || !(inside || (classroom.helps && !writing && event.key.startsWith("Page")))) return;
    event.preventDefault();
    turn(step);
  });
  // "Show" in the list of decks: before the list's own way of sending forms.
  document.addEventListener(
    "submit",
    (event) => {
      const { showDeck: deck, showPage: page } = event.target.dataset;
      if (deck && classroom.send({ t: "slide", deck, page: Number(page) })) event.preventDefault();
    },
    true,
  );

  return {
    become(snapshot) {
      follow(snapshot.slides ?? null, snapshot.decks.find((one) => one.deck === snapshot.slides?.deck)?.until);
    },
    staged: draw,
    events: {
      slide(event) {
        follow(event.slides, event.until);
        if (!looking) classroom.announce("slide", spoken(event.slides.now));
        else classroom.note(classroom.sentence("slide.looking", { page: looking, now: shown.now.page }));
      },
    },
  };
}
