// What the page does in the browser alone: citations' hints, the sliding evidence, copy, download, focus.
// EVENTS, which the page puts before this, says where each event takes the reader.
const onRecord = (() => {
  const phone = window.matchMedia("(max-width: 760px), (max-height: 480px)");
  let openedBy = null;
  let isLeaving = false;

  // An open article has an entry of its own in the browser's history: Back closes it, and
  // the page is left by the Back after that.
  const hasEntry = () => Boolean(history.state && history.state.aside);
  const addEntry = () => history.pushState({ aside: true }, "");

  const openAside = (button) => {
    if (!button.closest(".aside")) openedBy = button;
    if (!hasEntry()) addEntry();
    document.body.classList.add("aside-open");
    if (phone.matches) document.querySelectorAll(".talk").forEach((talk) => (talk.inert = true));
  };

  const leaveAside = () => {
    document.body.classList.remove("aside-open");
    document.querySelectorAll(".talk").forEach((talk) => (talk.inert = false));
    if (openedBy && openedBy.isConnected) openedBy.focus();
    openedBy = null;
  };

  // At a desk the article stays in view, and only the focus goes back.
  const closeAside = () => {
    leaveAside();
    if (!phone.matches || !hasEntry() || isLeaving) return;
    isLeaving = true;
    history.back();
  };

  window.addEventListener("popstate", () => {
    const wasClosedHere = isLeaving;
    isLeaving = false;
    if (hasEntry()) return; // gone forward: what is closed stays closed
    if (wasClosedHere) {
      // a quick hand has opened the next one before the browser had gone back
      if (document.body.classList.contains("aside-open")) addEntry();
      return;
    }
    leaveAside();
    document.dispatchEvent(new Event("aside-closed"));
  });

  const showCited = (readerId) => {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const reader = document.getElementById(readerId);
      const place = reader && (reader.querySelector("mark.cited") || reader.querySelector("h2"));
      if (!place) return;
      if (phone.matches && !document.body.classList.contains("aside-open")) return;
      const card = reader.parentElement.querySelector(".card[aria-current]");
      if (card) card.scrollIntoView({ block: "nearest" });
      place.scrollIntoView({ block: "center" });
      place.focus({ preventScroll: true });
    }));
  };

  // What a tab keeps is its own as long as it is open, over reloads too. A tab that is opened
  // later begins with what any tab kept last, and goes its own way from there.
  const kept = (name) => {
    try {
      return sessionStorage.getItem(name) || localStorage.getItem(name) || "";
    } catch {
      return ""; // the browser forbids it
    }
  };

  const keep = (name, text, isAsked) => {
    // a question on its way is answered in its own tab alone
    const storages = isAsked ? ["sessionStorage"] : ["sessionStorage", "localStorage"];
    for (const storage of storages) {
      try {
        window[storage].setItem(name, text);
      } catch (error) {
        console.warn(`${storage} did not keep ${name}: ${error}`); // forbidden, or full
      }
    }
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      copyWithoutClipboard(button.dataset.copy);
      button.focus();
    }
    const [caption, name] = [button.textContent, button.ariaLabel];
    [button.textContent, button.ariaLabel] = ["Copied", "Copied the answer"];
    setTimeout(() => ([button.textContent, button.ariaLabel] = [caption, name]), 1500);
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

  const download = (text, name, type) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Where the control that had the focus goes away, the focus goes on to the next one.
  const focusOn = (selector) => requestAnimationFrame(() => {
    const next = document.querySelector(selector);
    if (next && !phone.matches) next.focus();
  });

  const closeForms = (except) => {
    for (const form of document.querySelectorAll(".form-in-place[open]")) if (form !== except) form.open = false;
  };

  // The exchange that was acted on last: the page comes back to it when its HTML has changed.
  let turn = null;

  const atTurn = (act) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const exchange = document.querySelector(`.exchange[data-turn="${turn}"]`);
    if (exchange) act(exchange);
  }));

  const keepPlace = () => atTurn((exchange) => exchange.scrollIntoView({ block: "start" }));

  const showThanks = () => atTurn((exchange) => {
    const thanks = exchange.querySelector(".thanks");
    if (thanks) thanks.focus();
  });

  // Gradio's tabs know no arrow keys. The chosen one alone is a stop of the Tab key; the arrows lead to the others.
  const oneTabIsAStop = () => {
    for (const tab of document.querySelectorAll("[role=tablist] [role=tab]")) {
      tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
      const panel = document.getElementById(tab.id.replace(/-button$/, ""));
      if (panel) panel.setAttribute("aria-labelledby", tab.id);
    }
  };

  const goAlongTabs = (event) => {
    const list = event.target.closest && event.target.closest("[role=tablist]");
    if (!list || event.altKey || event.ctrlKey || event.metaKey) return;
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(event.target);
    const last = tabs.length - 1;
    const next = {
      ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    tabs[next].click();
    tabs[next].focus();
  };

  // Where a longer list goes on: there the button was that asked for it.
  let listed = 0;

  const showMore = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    const next = document.querySelectorAll("#articles .open")[listed];
    if (next) next.focus();
  }));

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
    closeForms(event.target.closest(".form-in-place"));
    const button = event.target.closest("[data-event]:not(form), [data-copy], [data-close]");
    if (!button) return;
    hideTip();
    turn = button.dataset.turn;
    listed = Number(button.dataset.shown);
    if (button.dataset.copy !== undefined) copy(button);
    else if (button.dataset.close !== undefined) closeAside();
    else if (EVENTS[button.dataset.event] === "question") focusOn("#question textarea");
    else if (EVENTS[button.dataset.event] === "aside") openAside(button);
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".form-in-place form")) return;
    turn = event.target.dataset.turn;
    setTimeout(closeForms);
  });

  // A form opens with what is known, ready to be typed over.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches(".form-in-place[open]")) return;
    const first = event.target.querySelector("input, select");
    event.target.querySelector("form").reset();
    first.focus();
    if (first.select) first.select();
  }, true);

  document.addEventListener("keydown", (event) => {
    goAlongTabs(event);
    const mark = event.target.closest && event.target.closest(".mark");
    if (mark && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      mark.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    if (event.key !== "Escape") return;
    const open = document.querySelector(".form-in-place[open]");
    if (!tip.hidden) hideTip();
    if (open) {
      open.querySelector("summary").focus();
      closeForms();
    } else if (document.body.classList.contains("aside-open")) closeAside();
  });

  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const cite = event.target.closest && event.target.closest("[data-tip]");
      if (cite) showTip(cite);
      else hideTip();
    });
  }
  document.addEventListener("scroll", hideTip, true);

  const giveCalendars = () => {
    for (const day of document.querySelectorAll(".day input[type=text]")) day.type = "date";
  };

  new MutationObserver(() => {
    followNewQuestion();
    giveCalendars();
    oneTabIsAStop();
  }).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-turn", "aria-selected"],
  });

  return { showCited, kept, keep, download, focusOn, keepPlace, showThanks, showMore };
})();
