// Pages with one deciding form: a second click does not send twice, and the place to look at first
// takes the focus. Lists with running jobs look again by themselves.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// A page that comes back from the browser's memory may be sent again; the server knows both.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

const running = document.querySelector("[data-refresh]");
if (running) setTimeout(() => location.reload(), Number(running.dataset.refresh) * 1000);
