// What is typed in <form data-draft="key"> is kept in this tab until it is sent, and comes back after a reload or a lost connection.
// sessionStorage only: hall machines are shared, and what is typed is personal. Password and file fields are never kept.
(function () {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) { return; }
  const key = "draft:" + form.dataset.draft;
  const told = document.querySelector("[data-saved]");
  let changed = false;
  let timer = 0;

  function kept(field) {
    return field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type);
  }
  function clock() {
    return new Date().toLocaleTimeString("zh-CN", { hour12: false });
  }
  function say(text, late) {
    if (!told) { return; }
    told.textContent = text;
    told.classList.toggle("is-late", Boolean(late));
  }
  function save() {
    const values = [];
    Array.from(form.elements).filter(kept).forEach(function (field) {
      if (["checkbox", "radio"].includes(field.type)) { values.push([field.name, field.value, field.checked]); return; }
      values.push([field.name, field.value]);
    });
    try {
      sessionStorage.setItem(key, JSON.stringify(values));
      say(navigator.onLine ? "已留在本页 " + clock() : "网络断开，已留在本页 " + clock() + "，恢复后请提交。", !navigator.onLine);
    } catch (_) {
      say("内容尚未保存，请尽快提交。", true);
    }
  }
  function restore() {
    let values;
    try { values = JSON.parse(sessionStorage.getItem(key) || "null"); } catch (_) { return; }
    if (!values || form.querySelector("[aria-invalid=true]")) { return; }
    values.forEach(function (one) {
      Array.from(form.elements).filter((field) => field.name === one[0] && kept(field)).forEach(function (field) {
        if (one.length === 3) { if (field.value === one[1]) { field.checked = one[2]; } } else { field.value = one[1]; }
      });
    });
    say("已恢复上次填写的内容。");
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  }

  form.addEventListener("input", function () {
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 400);
  });
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) { return; }
    changed = false;
    window.clearTimeout(timer);
    save();
  });
  window.addEventListener("offline", save);
  window.addEventListener("online", function () { say("网络已恢复，请提交。"); });
  window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); event.returnValue = ""; } });
  // A page reached after the post says that it is done: <main data-draft-done="key">.
  document.querySelectorAll("[data-draft-done]").forEach(function (one) {
    try { sessionStorage.removeItem("draft:" + one.dataset.draftDone); } catch (_) { /* nothing was kept */ }
  });
  restore();
})();
