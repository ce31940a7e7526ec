// Keys, tabs, dialogs and the palette. Every page works without any of it.
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // --- tabs of the composer -----------------------------------------------------------------

  function write(key) {
    const tab = $(`[data-tab="${key}"]`);
    if (!tab) return false;
    for (const other of all("[data-tab]")) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    $("textarea, input:not([type=hidden])", panel).focus();
    panel.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (tab && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      write(tab.dataset.tab);
    }
  });

  // While nothing is typed, what the composer was opened on follows the page. Once something is,
  // it stays: an answer to what somebody has not seen is told to them before it is sent.
  document.addEventListener("page-changed", () => {
    const seen = $("#seen");
    const typed = all("#write textarea").some((area) => area.value.trim());
    if (!seen || typed) return;
    for (const field of all("#write [name=version]")) field.value = seen.dataset.version;
    for (const field of all("#write [name=seen]")) field.value = seen.dataset.seen;
  });

  // --- forms in a dialog ----------------------------------------------------------------------

  async function openForm(address) {
    const answer = await fetch(address);
    const form = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("act");
    if (!answer.ok || !form) { location.href = address; return; }
    const dialog = document.createElement("dialog");
    form.classList.remove("card", "is-padded");
    dialog.setAttribute("aria-labelledby", "act-title");
    dialog.append(document.adoptNode(form));
    dialog.addEventListener("close", () => dialog.remove());
    $("[data-close]", dialog).addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    $("textarea, input:not([type=hidden])", dialog)?.focus();
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-dialog], a[data-unfold]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    if ("dialog" in link.dataset) openForm(link.href);
    else unfold(link);
  });

  async function unfold(link) {
    const open = link.nextElementSibling;
    if (open?.matches(".unfolded")) { open.remove(); return; }
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) { location.href = link.href; return; }
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    const box = document.createElement("div");
    box.className = "unfolded";
    box.setAttribute("hx-morph-skip", "");
    box.append(...part.childNodes);
    link.after(box);
  }

  // --- a form is sent once ----------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });

  // --- keys -------------------------------------------------------------------------------------

  const places = { q: "/console/queue", c: "/console/cases", t: "/console/tier-two", i: "/console/inbox", o: "/console/outbox", l: "/console/calls/new" };
  let going = 0;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

  function step(by) {
    const links = all(".case-link");
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
    next.focus({ preventScroll: true });
    next.closest(".case-row, tr, li")?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.target.closest("form")?.requestSubmit($("[data-send]", event.target.closest("form")));
      return;
    }
    if (event.key === "Escape" && isTyping(event.target) && !event.target.closest("dialog")) event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || $("dialog[open]")) return;
    if (going && places[event.key]) { location.href = places[event.key]; return; }
    clearTimeout(going);
    going = 0;
    if (event.key === "g") going = setTimeout(() => { going = 0; }, 1200);
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") $("#keys").showModal();
    else if (!press(event.key)) return;
    event.preventDefault();
  });

  function press(key) {
    const control = $(`[data-key="${CSS.escape(key)}"]`);
    if (!control) return false;
    if (control.matches("input, textarea")) { control.focus(); control.select(); }
    else if (control.matches("summary")) { control.parentElement.open = true; $("a, button", control.nextElementSibling)?.focus(); }
    else control.click();
    return true;
  }

  // --- menus: closed by Escape, and by looking elsewhere --------------------------------------

  document.addEventListener("click", (event) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    $("summary", menu).focus();
  });

  for (const opener of all("[data-opens]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
  }

  // --- the palette -------------------------------------------------------------------------------

  const palette = $("#palette");
  const words = $("input", palette);
  const list = $("ul", palette);
  let chosen = 0;
  let offered = [];

  function commands() {
    const here = all("[data-key], [data-command]")
      .filter((control) => !control.matches("input, summary") && ("command" in control.dataset || control.checkVisibility()))
      .map((control) => ({ title: control.textContent.replace(/\s+\S$/, "").trim(), key: control.dataset.key, run: () => control.click() }));
    const links = all("header.top nav a").map((link) => ({ title: link.textContent, run: () => { location.href = link.href; } }));
    return [...here, ...links, { title: $("#keys-title").textContent, key: "?", run: () => $("#keys").showModal() }];
  }

  function offer() {
    const text = words.value.trim();
    const low = text.toLowerCase();
    offered = commands().filter((command) => command.title.toLowerCase().includes(low));
    if (text) offered.unshift({ title: `⌕ ${text}`, run: () => { location.href = `/console/search?q=${encodeURIComponent(text)}`; } });
    if (text && offered.length > 1 && !/\d/.test(text)) offered.push(offered.shift());
    chosen = Math.min(chosen, Math.max(0, offered.length - 1));
    list.replaceChildren(...offered.map((command, n) => {
      const item = document.createElement("li");
      item.id = `command-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", n === chosen);
      item.append(command.title);
      if (command.key) {
        const key = document.createElement("kbd");
        key.textContent = command.key;
        item.append(key);
      }
      item.addEventListener("click", () => choose(n));
      return item;
    }));
    words.setAttribute("aria-activedescendant", offered.length ? `command-${chosen}` : "");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function choose(n) {
    const command = offered[n];
    palette.close();
    command?.run();
  }

  function openPalette() {
    if (palette.open) return;
    $("dialog[open]")?.close();
    words.value = "";
    chosen = 0;
    palette.showModal();
    offer();
  }

  words.addEventListener("input", () => { chosen = 0; offer(); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") chosen = Math.min(offered.length - 1, chosen + 1);
    else if (event.key === "ArrowUp") chosen = Math.max(0, chosen - 1);
    else if (event.key === "Enter") { event.preventDefault(); choose(chosen); return; }
    else return;
    event.preventDefault();
    offer();
  });
})();
