// What the page does in the browser alone: citations' hints, the sliding evidence, copy, download, focus.
const onRecord = (() => {
  const phone = window.matchMedia("(max-width: 760px)");
  let openedBy = null;

  const openAside = (button) => {
    openedBy = button;
    document.body.classList.add("aside-open");
    if (phone.matches) document.querySelectorAll(".talk").forEach((talk) => (talk.inert = true));
  };

  const closeAside = () => {
    document.body.classList.remove("aside-open");
    document.querySelectorAll(".talk").forEach((talk) => (talk.inert = false));
    if (openedBy && openedBy.isConnected) openedBy.focus();
    openedBy = null;
  };

  const showCited = (readerId) => {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const reader = document.getElementById(readerId);
      const place = reader && (reader.querySelector("mark.cited") || reader.querySelector("h2"));
      if (!place) return;
      if (phone.matches && !document.body.classList.contains("aside-open")) return;
      const card = document.querySelector("#evidence .card[aria-current]");
      if (card) card.scrollIntoView({ block: "nearest" });
      place.scrollIntoView({ block: "center" });
      place.focus({ preventScroll: true });
    }));
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      copyWithoutClipboard(button.dataset.copy);
      button.focus();
    }
    const caption = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = caption), 1500);
  };

  // A page served over plain HTTP to another machine has no navigator.clipboard.
  const copyWithoutClipboard = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const download = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    link.download = "on-record.md";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Where the control that had the focus goes away, the focus goes on to the next one.
  const focusOn = (selector) => requestAnimationFrame(() => {
    const next = document.querySelector(selector);
    if (next && !phone.matches) next.focus();
  });

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;

  const showTip = (cite) => {
    const words = cite.dataset.tip;
    tip.textContent = words.length > 400 ? `${words.slice(0, 400)}…` : words;
    tip.hidden = false;
    document.body.append(tip);
    const place = cite.getBoundingClientRect();
    const left = Math.min(Math.max(8, place.left - 40), window.innerWidth - tip.offsetWidth - 8);
    const above = place.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : place.bottom + 8}px`;
  };

  const hideTip = () => (tip.hidden = true);

  // A new question is brought to the top, so that its answer grows where the reader looks.
  const followNewQuestion = () => {
    const latest = document.querySelector("#latest [data-turn]");
    const turn = latest && latest.dataset.turn;
    if (turn === followNewQuestion.turn) return;
    followNewQuestion.turn = turn;
    if (latest) latest.scrollIntoView({ block: "start" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-event], [data-copy], [data-close]");
    if (!button) return;
    hideTip();
    if (button.dataset.copy !== undefined) copy(button);
    else if (button.dataset.close !== undefined) closeAside();
    else if (["ask", "retry"].includes(button.dataset.event)) focusOn("#question textarea");
    else if (["cite", "evidence", "read"].includes(button.dataset.event) && !button.closest(".aside")) openAside(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!tip.hidden) hideTip();
    if (document.body.classList.contains("aside-open")) closeAside();
  });

  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const cite = event.target.closest && event.target.closest(".cite");
      if (cite) showTip(cite);
      else hideTip();
    });
  }
  document.addEventListener("scroll", hideTip, true);

  new MutationObserver(followNewQuestion).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-turn"],
  });

  return { showCited, download, focusOn };
})();
