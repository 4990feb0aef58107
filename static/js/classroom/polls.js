// Polls: questions to the class, my answer, the sums as they grow.
import { newKey } from "./context.js";
import { bars, said } from "./sums.js";

export function polls(classroom) {
  const { parts, words } = classroom;
  const list = parts.polls;
  const all = new Map(); // id → poll, with mine and my_word
  const cards = new Map(); // id → its element
  const sending = new Map(); // poll → the vote that is on its way

  function take(poll) {
    const old = all.get(poll.id);
    // An event knows nothing of my answer; a snapshot does.
    all.set(poll.id, { ...poll, mine: poll.mine ?? old?.mine, my_word: poll.my_word ?? old?.my_word });
  }

  function draw() {
    const order = [...all.values()].reverse().sort((a, b) => (b.state === "open") - (a.state === "open"));
    for (const [place, poll] of order.entries()) {
      const card = drawCard(poll);
      if (list.children[place] !== card) list.insertBefore(card, list.children[place] ?? null);
    }
    for (const [id, card] of cards)
      if (!all.has(id)) {
        card.remove();
        cards.delete(id);
      }
    classroom.show("no-polls", all.size === 0);
    drawStage();
  }

  function drawCard(poll) {
    let card = cards.get(poll.id);
    if (!card) {
      card = classroom.from("poll-template");
      cards.set(poll.id, card);
      card.querySelector(".poll__question").textContent = poll.question;
      list.append(card);
    }
    card.dataset.state = poll.state;
    card.querySelector(".poll__question").textContent = poll.question;
    const state = card.querySelector(".poll__state");
    state.hidden = poll.state === "open" && classroom.role === "learner";
    state.textContent = words[`poll.${poll.state}`];
    if (classroom.role === "learner") drawAnswer(card, poll);
    drawSums(card, poll);
    if (classroom.helps) drawActs(card, poll);
    return card;
  }

  // ---- answering
  function drawAnswer(card, poll) {
    const place = card.querySelector(".poll__answer");
    if (poll.state !== "open") {
      const answer = answerOf(poll);
      place.replaceChildren(answer ? classroom.sentence("poll.yours", { answer }) : "");
      return;
    }
    let form = place.querySelector("form");
    if (!form) {
      form = answerForm(poll);
      place.replaceChildren(form);
    }
    const stored = form.querySelector(".poll__stored");
    const answer = answerOf(poll);
    stored.hidden = !answer;
    stored.querySelector("span").textContent = answer ? classroom.sentence("poll.stored", { answer }) : "";
    form.querySelector("button span").textContent = words[sending.has(poll.id) ? "poll.sending" : answer ? "poll.change" : "poll.answer"];
  }

  function answerForm(poll) {
    const form = classroom.from("answer-template");
    const box = form.querySelector("fieldset");
    form.querySelector("legend").textContent = poll.question;
    if (poll.kind === "word") {
      const label = document.createElement("label");
      label.className = "field__label";
      const input = Object.assign(document.createElement("input"), { type: "text", name: "word", maxLength: 40, autocomplete: "off", id: `word-${poll.id}` });
      label.htmlFor = input.id;
      label.textContent = words["poll.word"];
      input.value = poll.my_word ?? "";
      box.append(label, input);
    } else {
      for (const [place, choice] of poll.choices.entries()) {
        const label = document.createElement("label");
        label.className = "choice";
        const input = Object.assign(document.createElement("input"), { type: poll.kind === "one" ? "radio" : "checkbox", name: "choices", value: place });
        input.checked = poll.mine?.includes(place) ?? false;
        const text = document.createElement("span");
        text.textContent = choice;
        label.append(input, text);
        box.append(label);
      }
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      vote(poll.id, form);
    });
    return form;
  }

  function vote(id, form) {
    const poll = all.get(id);
    const choices = [...form.querySelectorAll("input[name=choices]:checked")].map((input) => Number(input.value));
    const word = form.querySelector("input[name=word]")?.value.trim() ?? "";
    const message = { t: "vote", poll: id, key: newKey(), choices, word };
    // Kept until the server says that it is stored: sent again with the same key after a lost line.
    if (choices.length || word) sending.set(id, message);
    classroom.ask(message);
    drawAnswer(cards.get(id), poll);
  }

  function answerOf(poll) {
    if (poll.kind === "word") return poll.my_word ?? "";
    return (poll.mine ?? []).map((place) => poll.choices[place]).join(", ");
  }

  // ---- sums
  function drawSums(card, poll) {
    const box = card.querySelector(".sums");
    box.hidden = poll.state === "prepared";
    card.querySelector(".sums__voters").textContent = voters(poll);
    bars(classroom, card.querySelector(".sums__list"), poll, classroom.helps ? hideButton : null);
  }

  function voters(poll) {
    return classroom.sentence(poll.tally.voters === 1 ? "poll.voters_one" : "poll.voters", { count: poll.tally.voters });
  }

  function hideButton(poll, word, hidden) {
    return button(hidden ? "poll.show_word" : "poll.hide_word", { word }, () => classroom.ask({ t: "poll_word", poll: poll.id, word, hidden: !hidden }));
  }

  function drawStage() {
    const poll = classroom.stage === "poll" && all.get(classroom.stageOf);
    if (!poll) return;
    const title = document.createElement("h2");
    title.className = "stage__title";
    title.textContent = poll.question;
    const count = document.createElement("p");
    count.textContent = voters(poll);
    const sums = document.createElement("ul");
    sums.className = "sums__list";
    bars(classroom, sums, poll);
    parts["stage-poll"].replaceChildren(title, count, sums);
  }

  // ---- what staff do
  function drawActs(card, poll) {
    const box = card.querySelector(".poll__acts");
    box.hidden = false;
    const onStage = classroom.stage === "poll" && classroom.stageOf === poll.id;
    const acts = [];
    const act = (code, run) => acts.push([code, run]);
    const tell = (what) => () => classroom.ask({ t: "poll", poll: poll.id, do: what });
    if (poll.state === "open") act("poll.do_close", tell("close"));
    else act(poll.state === "closed" ? "poll.do_again" : "poll.do_open", tell("open"));
    if (poll.state !== "prepared") {
      act(poll.shown ? "poll.do_hide" : "poll.do_show", tell(poll.shown ? "hide" : "show"));
      act(onStage ? "poll.do_unstage" : "poll.do_stage", () => classroom.ask(onStage ? { t: "stage", what: "nothing" } : { t: "stage", what: "poll", of: poll.id }));
    }
    const mark = `${acts.map(([code]) => code)}`;
    if (box.dataset.mark === mark) return;
    box.dataset.mark = mark;
    const focused = box.contains(document.activeElement) ? [...box.children].indexOf(document.activeElement) : -1;
    box.replaceChildren(...acts.map(([code, run]) => button(code, {}, run)), ...links(poll));
    if (focused >= 0) box.children[Math.min(focused, box.children.length - 1)].focus();
  }

  function links(poll) {
    const base = `${location.pathname}sondaggi/${poll.id}/`;
    const codes = poll.state === "prepared" ? [["poll.do_change", "modifica/"]] : [["poll.do_names", "risposte/"]];
    return codes.map(([code, path]) => {
      const link = document.createElement("a");
      link.className = "button button--link button--small";
      link.href = base + path;
      link.target = "_blank"; // the class goes on in this one
      link.textContent = words[code];
      return link;
    });
  }

  function button(code, values, run) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button--secondary button--small";
    made.textContent = classroom.sentence(code, values);
    made.addEventListener("click", run);
    return made;
  }

  // ---- telling
  function tell(old, poll) {
    const opened = poll.state === "open" && old?.state !== "open";
    if (opened) {
      classroom.panes.mark("polls");
      speak("poll.new", poll);
    } else if (poll.state === "closed" && old?.state === "open") speak("poll.closed_now", poll);
    else if (poll.shown && !old?.shown) {
      classroom.panes.mark("polls");
      classroom.announce("poll", `${classroom.sentence("poll.results", poll)} ${said(classroom, poll)}`);
    }
  }

  function speak(code, poll) {
    const sentence = classroom.sentence(code, { question: poll.question });
    classroom.announce("poll", sentence);
    if (!classroom.helps) classroom.note(sentence);
  }

  return {
    welcome() {
      if (!classroom.wasOn) list.replaceChildren();
    },
    become(snapshot) {
      const now = new Set(snapshot.polls.map((poll) => poll.id));
      for (const id of all.keys()) if (!now.has(id)) all.delete(id);
      for (const poll of snapshot.polls) take(poll);
      draw();
    },
    welcomed() {
      for (const message of sending.values()) classroom.send(message);
    },
    staged: draw,
    refused(error) {
      for (const [id, message] of sending)
        if (message.key === error.ref) {
          sending.delete(id);
          if (cards.has(id)) drawCard(all.get(id));
        }
    },
    messages: {
      voted(message) {
        if (sending.get(message.poll)?.key === message.key) sending.delete(message.poll);
        const poll = all.get(message.poll);
        if (!poll) return;
        poll.mine = message.choices;
        poll.my_word = message.word;
        drawCard(poll);
        classroom.announce("vote", classroom.sentence("poll.stored", { answer: answerOf(poll) }));
      },
      tally(message) {
        for (const [id, tally] of Object.entries(message.polls)) {
          const poll = all.get(id);
          if (!poll) continue;
          poll.tally = tally;
          drawSums(cards.get(id), poll);
        }
        drawStage();
      },
    },
    events: {
      poll(event) {
        const old = all.get(event.poll.id);
        take(event.poll);
        draw();
        tell(old, event.poll);
      },
      poll_dropped(event) {
        all.delete(event.poll);
        draw();
      },
    },
  };
}
