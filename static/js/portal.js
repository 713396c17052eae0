// Small helps for pages that work without them: elder mode, keys, questions before an act, one post per form, focus on errors.
(function () {
  "use strict";
  const root = document.documentElement;
  const typing = (target) => target.closest && target.closest("input, textarea, select, [contenteditable]");

  // 大字版
  const elder = document.querySelector("[data-elder]");
  function showElder() {
    const on = root.classList.contains("elder");
    elder.setAttribute("aria-pressed", String(on));
    elder.textContent = on ? "标准版" : "大字版";
  }
  if (elder) {
    showElder();
    elder.addEventListener("click", function () {
      const on = root.classList.toggle("elder");
      showElder();
      try { localStorage.setItem("elder", on ? "1" : "0"); } catch (_) { /* for this page only */ }
    });
  }

  // Keys: "/" to the search box; the key a button shows (data-key="Ctrl+Enter") presses that button.
  function keyName(event) {
    const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    return [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : "", name]
      .filter(Boolean).join("+");
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) { return; }
    const box = document.querySelector("[data-search-key]");
    if (event.key === "/" && box && !typing(event.target) && !event.ctrlKey && !event.metaKey) { event.preventDefault(); box.focus(); return; }
    const pressed = keyName(event);
    if (pressed.length === 1 && typing(event.target)) { return; }
    const wanted = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === pressed && one.offsetParent);
    if (wanted) { event.preventDefault(); wanted.click(); }
  });

  // Rows that open as a whole (their link stays the way of the keyboard); grey buttons do nothing but explain themselves.
  document.addEventListener("click", function (event) {
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label, summary") && !String(window.getSelection())) { window.location.href = row.dataset.href; }
    if (event.target.closest("[aria-disabled=true]")) { event.preventDefault(); }
  });

  // Dialogs: data-opens="id" opens one, data-closes closes the one it stands in.
  document.addEventListener("click", function (event) {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); return; }
    const closer = event.target.closest("[data-closes]");
    if (closer) { closer.closest("dialog").close(); }
  });

  // A question before an act (data-confirm on its button). Without dialogs in the browser the act goes straight on; the server asks the same rules anyway.
  function ask(question, button) {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    dialog.setAttribute("aria-labelledby", "confirm-question");
    const text = document.createElement("p");
    text.id = "confirm-question";
    text.textContent = question;
    const row = document.createElement("div");
    row.className = "button-row";
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = button.classList.contains("button-stop") ? "button button-stop" : "button button-primary";
    yes.textContent = button.dataset.confirmYes || "确认";
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button button-plain";
    no.textContent = "返回";
    row.append(yes, no);
    dialog.append(text, row);
    document.body.append(dialog);
    yes.addEventListener("click", function () {
      dialog.close();
      button.dataset.confirmed = "1";
      if (button.form && button.form.requestSubmit) { button.form.requestSubmit(button); } else { button.click(); }
    });
    no.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); button.focus(); });
    dialog.showModal();
    no.focus();
  }
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (!button || !button.dataset.confirm || !window.HTMLDialogElement) { return; }
    if (button.dataset.confirmed) { delete button.dataset.confirmed; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button.dataset.confirm, button);
  }, true);

  // One post per form: a second press while the first is under way does nothing.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    // What opens a window of its own leaves this page as it is.
    if (event.submitter && event.submitter.formTarget) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  function ready(form) { delete form.dataset.sent; form.removeAttribute("aria-busy"); }
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(ready); });
  document.addEventListener("htmx:afterRequest", function (event) {
    const form = event.target.closest && event.target.closest("form[data-sent]");
    if (form) { ready(form); }
  });

  // Whoever signs out leaves nothing typed behind in this tab.
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-forgets]")) { return; }
    try { Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key)); } catch (_) { /* nothing was kept */ }
  });

  // What is wrong comes first.
  const wrong = document.querySelector("[data-focus]");
  if (wrong) { wrong.focus(); }
})();
