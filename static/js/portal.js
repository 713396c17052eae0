// Small helps for pages that work without them: elder mode, "/" to search, one post per form, rows that open, focus on errors.
(function () {
  "use strict";
  const root = document.documentElement;

  const elder = document.querySelector("[data-elder]");
  function showElder(on) {
    root.classList.toggle("elder", on);
    if (elder) { elder.setAttribute("aria-pressed", String(on)); elder.textContent = on ? "标准版" : "大字版"; }
  }
  try { showElder(localStorage.getItem("elder") === "1"); } catch (_) { /* storage is off: the button still works */ }
  if (elder) {
    elder.addEventListener("click", function () {
      const on = !root.classList.contains("elder");
      showElder(on);
      try { localStorage.setItem("elder", on ? "1" : "0"); } catch (_) { /* for this page only */ }
    });
  }

  document.addEventListener("keydown", function (event) {
    const box = document.querySelector("[data-search-key]");
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); box.focus(); }
  });

  document.addEventListener("click", function (event) {
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a, button, input, label")) { window.location.href = row.dataset.href; }
    const grey = event.target.closest("[aria-disabled=true]");
    if (grey) { event.preventDefault(); }
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; form.removeAttribute("aria-busy"); });
  });

  const wrong = document.querySelector("[data-focus]");
  if (wrong) { wrong.focus(); }
})();
