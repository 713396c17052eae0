// What is typed in <form data-draft="who/what/version"> is kept in this tab until it is sent, and comes back after a reload, a lost
// connection or an ended session. sessionStorage only: hall machines are shared, and what is typed is personal. The key begins with the
// person; another version of the same thing makes what was kept for the old one void. Password and file fields are never kept.
(function () {
  "use strict";
  const forms = Array.from(document.querySelectorAll("form[data-draft]"));
  const wanted = forms.map((form) => "draft:" + form.dataset.draft);

  // 1/LY…/grant/7: everything kept under 1/LY…/ that no form of this page asks for belongs to a page that is past.
  const past = new Set(wanted.map((key) => key.split("/").slice(0, 2).join("/") + "/"));
  try {
    Object.keys(sessionStorage)
      .filter((key) => !wanted.includes(key) && Array.from(past).some((start) => key.startsWith(start)))
      .forEach((key) => sessionStorage.removeItem(key));
  } catch (_) { /* nothing can be kept here, so nothing was */ }

  function keep(form) {
    const key = "draft:" + form.dataset.draft;
    const told = form.querySelector("[data-saved]");
    let timer = 0;
    let unkept = false;
    const kept = (field) => field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type);
    const fields = () => Array.from(form.elements).filter(kept);
    const held = (field) => (["checkbox", "radio"].includes(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value]);
    const clock = () => new Date().toLocaleTimeString("zh-CN", { hour12: false });

    function say(text, late) {
      if (!told) { return; }
      told.textContent = text;
      told.classList.toggle("is-late", Boolean(late));
    }
    function save() {
      window.clearTimeout(timer);
      try {
        sessionStorage.setItem(key, JSON.stringify(fields().map(held)));
        unkept = false;
        say(navigator.onLine ? "已留在本页 " + clock() : "网络断开，已留在本页 " + clock() + "，恢复后请提交。", !navigator.onLine);
      } catch (_) {
        say("内容尚未保存，请尽快提交。", true);
      }
    }
    function restore() {
      let values;
      try { values = JSON.parse(sessionStorage.getItem(key) || "null"); } catch (_) { return; }
      if (!values || form.querySelector("[aria-invalid=true]") || JSON.stringify(values) === JSON.stringify(fields().map(held))) { return; }
      values.forEach(function (one) {
        fields().filter((field) => field.name === one[0]).forEach(function (field) {
          if (one.length === 3) { if (field.value === one[1]) { field.checked = one[2]; } } else { field.value = one[1]; }
        });
      });
      const folded = form.closest("details");
      if (folded) { folded.open = true; }
      say("已恢复上次填写的内容，尚未提交。");
    }

    form.addEventListener("input", function () {
      unkept = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(save, 400);
    });
    form.addEventListener("submit", function (event) { if (!event.defaultPrevented) { save(); } });
    window.addEventListener("offline", function () { if (fields().some((field) => field.value !== field.defaultValue)) { save(); } });
    window.addEventListener("pagehide", function () { if (unkept) { save(); } });
    restore();
  }
  forms.forEach(keep);
})();
