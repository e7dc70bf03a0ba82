// Comfort only: every act works without this file.
"use strict";
document.addEventListener("keydown", function (event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey && event.key === "Enter" && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
  if (!target) return;
  event.preventDefault();
  if (/^(INPUT|TEXTAREA)$/.test(target.tagName)) target.focus();
  else target.click();
});
// A form is sent once, however often its button is pressed.
document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !form.hasAttribute("data-download")) form.dataset.sent = "1";
});
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
});
document.addEventListener("click", function (event) {
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("change", function (event) {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  if (event.target.matches("[data-all]")) {
    const box = event.target;
    box.closest("form").querySelectorAll('input[type="checkbox"][name="' + box.dataset.all + '"]').forEach(function (one) {
      one.checked = box.checked;
    });
  }
});
const wrong = document.querySelector(".wrong input, .wrong select, .wrong textarea");
if (wrong) wrong.focus();
