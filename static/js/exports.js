// The list of exports looks again by itself while a file is being written.

const running = document.querySelector("[data-refresh]");
if (running) setTimeout(() => location.reload(), Number(running.dataset.refresh) * 1000);
