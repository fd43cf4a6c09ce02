// Tells a preview in another window which edit of the draft stands now.

const shown = document.querySelector('input[name="edit"]');
const draft = document.querySelector("[data-draft-id]");

if (shown && draft && "BroadcastChannel" in window) {
  new BroadcastChannel("definition_draft").postMessage({ draft: draft.dataset.draftId, edit: shown.value });
}
