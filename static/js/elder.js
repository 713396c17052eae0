// 大字版: read before the page is drawn, so that it never jumps; the button itself is in portal.js.
(function () {
  "use strict";
  try {
    if (localStorage.getItem("elder") === "1") { document.documentElement.classList.add("elder"); }
  } catch (_) { /* storage is off: the page starts in its normal size */ }
})();
