// Makes the frame of a message as high as the message. Without it the frame scrolls by itself.
(() => {
  const watched = new WeakSet();
  const MOST = 1080; // past it the frame scrolls: nobody reads a catalogue within a conversation

  function fit(frame) {
    const page = frame.contentDocument;
    if (!page?.body || !page.body.childNodes.length) return;
    const height = Math.min(MOST, Math.ceil(page.documentElement.getBoundingClientRect().height) + 4);
    // A wide table brings a bar of its own.
    const bar = page.documentElement.scrollWidth > page.documentElement.clientWidth ? 18 : 0;
    frame.style.blockSize = `${height + bar}px`;
  }

  function watch(frame) {
    fit(frame);
    const page = frame.contentDocument;
    if (!page?.body || watched.has(page)) return;
    watched.add(page);
    new ResizeObserver(() => fit(frame)).observe(page.body);
  }

  // Frames come with every change of the page; the event of loading does not bubble, but passes.
  document.addEventListener("load", (event) => {
    if (event.target.matches?.("iframe.as-sent")) watch(event.target);
  }, true);
  for (const frame of document.querySelectorAll("iframe.as-sent")) {
    if (frame.contentDocument?.readyState === "complete") watch(frame);
  }
})();
