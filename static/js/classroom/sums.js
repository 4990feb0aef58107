// The sums of a poll: bars that grow where they stand, each with its words and number.

export function bars(classroom, list, poll, hide) {
  const { tally } = poll;
  const rows = [];
  if (tally.words) for (const [word, count] of tally.words) rows.push({ what: word, count, words: String(count) });
  else if (tally.counts)
    for (const [place, count] of tally.counts.entries()) {
      const percent = tally.voters ? Math.round((count * 100) / tally.voters) : 0;
      rows.push({ what: poll.choices[place], count, words: `${count} (${percent}%)`, mine: poll.mine?.includes(place) });
    }
  while (list.children.length > rows.length + (tally.hidden?.length ?? 0)) list.lastChild.remove();
  for (const [place, row] of rows.entries()) put(classroom, list, place, row, tally.voters);
  if (tally.words && hide) withWords(classroom, list, poll, hide);
}

function put(classroom, list, place, row, voters) {
  let item = list.children[place];
  if (!item) list.append((item = classroom.from("sum-template")));
  text(item.querySelector(".sums__what"), row.what + (row.mine ? ` (${classroom.words.you})` : ""));
  text(item.querySelector(".sums__count"), row.words);
  const bar = item.querySelector("progress");
  bar.max = voters || 1;
  bar.value = row.count;
  bar.hidden = false;
}

// Staff take a word out of sight, or put it back: the hidden ones stand last, for them alone.
function withWords(classroom, list, poll, hide) {
  const shown = poll.tally.words.length;
  const all = [...poll.tally.words.map(([word]) => [word, false]), ...(poll.tally.hidden ?? []).map((word) => [word, true])];
  for (const [place, [word, hidden]] of all.entries()) {
    let item = list.children[place];
    if (!item) list.append((item = classroom.from("sum-template")));
    if (place >= shown) {
      text(item.querySelector(".sums__what"), word);
      text(item.querySelector(".sums__count"), "–");
      item.querySelector("progress").hidden = true;
    }
    const mark = `${word}/${hidden}`;
    if (item.dataset.word === mark) continue;
    item.dataset.word = mark;
    item.querySelector("button")?.remove();
    const button = hide(poll, word, hidden);
    button.className = "button button--link button--small";
    item.append(button);
  }
}

function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// The sums in one sentence, for who does not see bars.
export function said(classroom, poll) {
  const { tally } = poll;
  if (tally.words) return tally.words.slice(0, 5).map(([word, count]) => `${word}: ${count}`).join(", ");
  return (tally.counts ?? []).map((count, place) => `${poll.choices[place]}: ${count}`).join(", ");
}
